package io.longhaul.api.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file (RFC 9110, 14).
 *
 * @param from the first byte
 * @param length how many bytes
 * @param size of the whole file
 */
record ByteRange(long from, long length, long size) {
    /** One range; who asks for several gets the whole file, as is allowed. */
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})", Pattern.CASE_INSENSITIVE);

    static ByteRange all(long size) {
        return new ByteRange(0, size, size);
    }

    /** The range that a header asks for; all of the file if it cannot be read, null if no byte is in it. */
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
