package io.longhaul.api.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;

/**
 * Limits the bytes that are read of a body. A compressed body may inflate a thousandfold. {@link GzipBodies} has decompressed
 * it before, and moved its encoding and length into headers of its own.
 */
public final class BoundedBody extends FilterInputStream {
    /** Bytes that any compressed body may inflate to. */
    private static final long ANY = 16L << 20;

    /** Text compresses about tenfold, repeated lines about twentyfold. */
    private static final int RATIO = 32;

    private final String message;
    private long left;

    private BoundedBody(InputStream in, long most, String message) {
        super(in);
        this.left = most;
        this.message = message;
    }

    /** The body is larger than its limit. */
    public static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(String message) {
            super(message);
        }
    }

    /**
     * Limits a body.
     *
     * @param body to be read
     * @param most largest number of bytes, decompressed
     * @param request its headers
     * @return a stream that throws {@link TooLargeException} beyond the limit
     */
    public static InputStream of(InputStream body, long most, HttpServletRequest request) {
        if (request.getHeader(GzipBodies.ENCODING) == null) {
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

    /** The length on the wire, or 0 if unknown. A client that sends this header itself can only lower the value. */
    private static long compressed(HttpServletRequest request) {
        if (request.getHeader("Transfer-Encoding") != null) {
            return 0;
        }
        return Collections.list(request.getHeaders(GzipBodies.LENGTH)).stream()
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
