package io.longhaul.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A PATCH whose body comes only when a test says so, while the server waits for it. */
final class HeldRequest implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader answer;
    private final String body;

    HeldRequest(int port, String path, String body) throws IOException {
        this.body = body;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
        answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        write("PATCH " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n");
        String line = answer.readLine();
        if (!line.startsWith("HTTP/1.1 100")) {
            throw new IllegalStateException(line);
        }
        answer.readLine();
    }

    private void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the body, and returns the first line of the answer. */
    String send() throws IOException {
        write(body);
        return answer.readLine();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
