package io.longhaul.mcp.stdio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads server-sent events, of which only the data matters here. */
final class EventStream implements AutoCloseable {
    /** The server sends something at least every 2 s. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(40);

    private final InputStream body;
    private final BufferedReader lines;
    private volatile long heardNanos = System.nanoTime();

    EventStream(InputStream body) {
        this.body = body;
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** Waits for the next message; null at the end of the stream. */
    String next() throws IOException {
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            heardNanos = System.nanoTime();
            if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(line, line.startsWith("data: ") ? 6 : 5, line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return data.toString();
            }
        }
        return null;
    }

    /** Ends it if nothing has come for too long: its connection broke without a word. */
    void closeIfSilent() {
        if (System.nanoTime() - heardNanos > LONGEST_SILENCE.toNanos()) {
            close();
        }
    }

    /** Ends the stream; a thread that waits for the next message goes on. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // It is given up anyway.
            return;
        }
    }
}
