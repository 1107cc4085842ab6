package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.files.JobFile;
import io.longhaul.mcp.protocol.Rpc;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The URI of a resource: a job or a part of it.
 *
 * @param job the job
 * @param part the part of the job
 * @param file path of a file that the job left; null for other parts
 */
record JobUri(UUID job, Part part, String file) {
    private static final String JOBS = "longhaul://jobs/";

    private static final Pattern URI = Pattern.compile(
            "longhaul://jobs/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})" + "(?:/(result|log|files/(.+)))?");

    /** Parts of a job that are resources. */
    enum Part {
        /** Status, params, times and files. */
        STATE,
        /** Result of a completed job. */
        RESULT,
        /** Lines that its tool has logged. */
        LOG,
        /** A file that the job left. */
        FILE
    }

    static Optional<JobUri> parse(String uri) {
        Matcher matcher = URI.matcher(uri);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        UUID job = UUID.fromString(matcher.group(1));
        String part = matcher.group(2);
        if (part == null) {
            return Optional.of(new JobUri(job, Part.STATE, null));
        }
        return switch (part) {
            case "result" -> Optional.of(new JobUri(job, Part.RESULT, null));
            case "log" -> Optional.of(new JobUri(job, Part.LOG, null));
            default -> decoded(matcher.group(3)).map(path -> new JobUri(job, Part.FILE, path));
        };
    }

    private static Optional<String> decoded(String path) {
        try {
            // URLDecoder would make a space of a plus, which is right in queries only.
            return Optional.of(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .filter(StorableText::isOne);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static String of(UUID job) {
        return JOBS + job;
    }

    static String ofFile(UUID job, String path) {
        String encoded = Arrays.stream(path.split("/", -1))
                .map(step -> URLEncoder.encode(step, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        return JOBS + job + "/files/" + encoded;
    }

    /** A content block that links to a file. */
    static ObjectNode link(UUID job, JobFile file) {
        return Rpc.object()
                .put("type", "resource_link")
                .put("uri", ofFile(job, file.place()))
                .put("name", file.place())
                .put("mimeType", file.mediaType())
                .put("size", file.bytes());
    }
}
