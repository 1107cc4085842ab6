package io.longhaul.api;

import io.longhaul.streams.EventStreams;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A kept connection that sends any bytes, also those that no HTTP client would send. */
public final class RawConnection implements AutoCloseable {
    private static final int LONGEST_LINE = 1 << 16;

    private final int port;
    private Socket socket;
    private InputStream in;

    public RawConnection(int port) {
        this.port = port;
    }

    /**
     * Sends bytes and reads one answer. Of event streams only the headers are read.
     *
     * @param isLast true if no request can follow on this connection, because the end of this one may be unclear
     */
    public Answer send(byte[] request, boolean isHead, boolean isLast) throws IOException {
        if (socket == null) {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
            in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
        }
        IOException unsent = write(request, isLast);
        Answer answer;
        try {
            answer = read(isHead);
        } catch (IOException e) {
            close();
            if (unsent != null) {
                e.addSuppressed(unsent);
            }
            throw e;
        }
        if (isLast || unsent != null || isClosed(answer)) {
            close();
        }
        return answer;
    }

    /** A server may answer and close before it has read everything. */
    private IOException write(byte[] request, boolean isLast) {
        try {
            socket.getOutputStream().write(request);
            if (isLast) {
                socket.shutdownOutput();
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static boolean isClosed(Answer answer) {
        return "close".equalsIgnoreCase(answer.header("Connection")) || isStream(answer);
    }

    private static boolean isStream(Answer answer) {
        return String.valueOf(answer.header("Content-Type")).startsWith(EventStreams.MEDIA_TYPE);
    }

    private Answer read(boolean isHead) throws IOException {
        String first = line();
        int status = Integer.parseInt(first.substring(9, 12));
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), k -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        if (status == 100) {
            return read(isHead);
        }
        Answer head = new Answer(status, HttpHeaders.of(headers, (name, value) -> true), "");
        boolean hasBody = !isHead && status != 204 && status != 304 && !isStream(head);
        return hasBody ? new Answer(status, head.headers(), new String(body(head), StandardCharsets.UTF_8)) : head;
    }

    private byte[] body(Answer head) throws IOException {
        if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
            return chunks();
        }
        String length = head.header("Content-Length");
        return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int length = chunkLength(); length > 0; length = chunkLength()) {
            whole.write(exactly(length));
            line();
        }
        line();
        return whole.toByteArray();
    }

    private int chunkLength() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The connection was closed within an answer");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() > LONGEST_LINE) {
                throw new EOFException("The connection was closed without an answer");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            socket = null;
        }
    }
}
