package io.longhaul.api.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;

/**
 * A body of no limited size, and how much of it is read: a megabyte on the wire may stand for a gigabyte to be read. What
 * inflates bodies is Jetty's, before they come here; it says so in headers of its own.
 */
public final class BoundedBody extends FilterInputStream {
    /** What any compressed body may hold. */
    private static final long ANY = 16L << 20;

    /** Text compresses ten times or so, and lines that repeat themselves twice that. */
    private static final int RATIO = 32;

    private static final String ENCODING = "X-Content-Encoding";
    private static final String LENGTH = "X-Content-Length";

    private final String message;
    private long left;

    private BoundedBody(InputStream in, long most, String message) {
        super(in);
        this.left = most;
        this.message = message;
    }

    /** More was read than may be. */
    public static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(String message) {
            super(message);
        }
    }

    /**
     * Bounds a body.
     *
     * @param body to be read
     * @param most bytes of it, compressed or not
     * @param request its headers
     * @return throws {@link TooLargeException} when it is read further than may be
     */
    public static InputStream of(InputStream body, long most, HttpServletRequest request) {
        if (request.getHeader(ENCODING) == null) {
            return new BoundedBody(
                    body, most, "The body is larger than the " + most + " bytes that a request may have.");
        }
        long inflated = Math.min(most, Math.max(ANY, RATIO * compressed(request)));
        return new BoundedBody(
                body,
                inflated,
                "The body is larger than " + inflated + " bytes when decompressed. A compressed one may hold "
                        + (ANY >> 20) + " MiB, or " + RATIO
                        + " times its Content-Length: send less, or send it uncompressed.");
    }

    /** Its length on the wire; 0 where that was not said beforehand. Whoever adds such a header can only lower it. */
    private static long compressed(HttpServletRequest request) {
        if (request.getHeader("Transfer-Encoding") != null) {
            return 0;
        }
        return Collections.list(request.getHeaders(LENGTH)).stream()
                .mapToLong(value -> value.matches("\\d{1,15}") ? Long.parseLong(value) : 0)
                .min()
                .orElse(0);
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        take(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        take(Math.max(0, read));
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        take(skipped);
        return skipped;
    }

    private void take(long bytes) throws TooLargeException {
        left -= bytes;
        if (left < 0) {
            throw new TooLargeException(message);
        }
    }
}
