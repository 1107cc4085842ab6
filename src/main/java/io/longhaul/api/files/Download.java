package io.longhaul.api.files;

import io.longhaul.api.errors.JerseyProblemWriter;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.jobs.JobAnswers;
import io.longhaul.files.FileStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that a client downloads.
 *
 * @param id id of the file
 * @param name file name for the client
 * @param mediaType media type as its uploader sent it; browsers are told not to show or run the file
 * @param bytes its size
 * @param sha256 digest in hexadecimal digits, used as {@code ETag}
 */
record Download(UUID id, String name, String mediaType, long bytes, String sha256) {
    Response answer(HttpServletRequest request, FileStore store, Transfers transfers) {
        String tag = "\"" + sha256 + "\"";
        List<String> known = Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH));
        if (JobAnswers.names(known, tag)) {
            return Response.notModified().header(HttpHeaders.ETAG, tag).build();
        }
        String ifRange = request.getHeader("If-Range");
        // Ranges are for GET only (RFC 9110, 14.2).
        boolean isRead = request.getMethod().equals(HttpMethod.GET);
        boolean mayBePart = isRead && (ifRange == null || ifRange.equals(tag));
        ByteRange range = mayBePart ? ByteRange.of(request.getHeader("Range"), bytes) : ByteRange.all(bytes);
        if (range == null) {
            return nothingInRange(request);
        }
        if (isRead) {
            transfers.refuseIfFull();
        }
        StreamingOutput content = out -> {
            transfers.await();
            try {
                store.copy(id, range.from(), range.length(), out);
            } finally {
                transfers.end();
            }
        };
        Response.ResponseBuilder answer = Response.status(
                        range.isPart() ? Response.Status.PARTIAL_CONTENT : Response.Status.OK)
                .entity(content)
                .type(mediaType)
                .header(HttpHeaders.CONTENT_LENGTH, range.length())
                .header(HttpHeaders.ETAG, tag)
                .header("Accept-Ranges", "bytes")
                // A compressed answer would need other ranges and another tag.
                .header(HttpHeaders.CONTENT_ENCODING, "identity")
                .header(HttpHeaders.CACHE_CONTROL, "private, no-transform")
                .header(HttpHeaders.CONTENT_DISPOSITION, disposition())
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "default-src 'none'; sandbox");
        if (range.isPart()) {
            answer.header("Content-Range", range.header());
        }
        return answer.build();
    }

    private Response nothingInRange(HttpServletRequest request) {
        Refusal refusal = Refusal.of(
                ErrorCode.RANGE_NOT_SATISFIABLE, "The file has " + bytes + " bytes: ask for a range within them.");
        return Response.fromResponse(JerseyProblemWriter.response(refusal, request))
                .header("Content-Range", "bytes */" + bytes)
                .build();
    }

    /** The name twice: in ASCII for old clients, and in UTF-8 (RFC 6266). */
    private String disposition() {
        String ascii = name.replaceAll("[^ -~]|[\"\\\\%]", "_");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded.replace("*", "%2A");
    }

    /**
     * A part of a file (RFC 9110, 14).
     *
     * @param from the first byte
     * @param length number of bytes
     * @param size of the whole file
     */
    record ByteRange(long from, long length, long size) {
        /** One range. A request for several gets the whole file, which the standard allows. */
        private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})", Pattern.CASE_INSENSITIVE);

        static ByteRange all(long size) {
            return new ByteRange(0, size, size);
        }

        /** The range in a header: the whole file if the header is invalid, null if the range has no byte of the file. */
        static ByteRange of(String header, long size) {
            Matcher range = ONE.matcher(header == null ? "" : header.strip());
            if (!range.matches() || range.group(0).endsWith("=-")) {
                return all(size);
            }
            if (range.group(1).isEmpty()) {
                long last = Math.min(size, Long.parseLong(range.group(2)));
                return last == 0 ? null : new ByteRange(size - last, last, size);
            }
            long from = Long.parseLong(range.group(1));
            long to = range.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(range.group(2)));
            boolean reversed = !range.group(2).isEmpty() && Long.parseLong(range.group(2)) < from;
            if (reversed) {
                return all(size);
            }
            return from >= size ? null : new ByteRange(from, to - from + 1, size);
        }

        boolean isPart() {
            return length < size;
        }

        /** The value of {@code Content-Range}. */
        String header() {
            return "bytes " + from + "-" + (from + length - 1) + "/" + size;
        }
    }
}
