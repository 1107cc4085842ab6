package io.longhaul.tools.mcp;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads server-sent events and keeps only their data. */
final class EventStreamReader {
    private final int most;
    private final StringBuilder data = new StringBuilder();
    private boolean tooLarge;

    EventStreamReader(int most) {
        this.most = most;
    }

    /** Reads to the end. */
    void read(InputStream in, Consumer<String> sink) throws IOException, TooLargeException {
        MessageReader lines = new MessageReader(most, true, new MessageReader.Sink() {
            @Override
            public void message(String text) {
                line(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text, sink);
            }

            @Override
            public void tooLarge(String id) {
                tooLarge = true;
            }

            @Override
            public void endless() {
                tooLarge = true;
            }
        });
        lines.readAll(in, () -> tooLarge);
        if (tooLarge) {
            throw new TooLargeException(most);
        }
    }

    private void line(String line, Consumer<String> sink) {
        if (line.startsWith("data:")) {
            String text = line.substring(5);
            data.append(data.isEmpty() ? "" : "\n").append(text.startsWith(" ") ? text.substring(1) : text);
            tooLarge |= data.length() > most;
        } else if (line.isEmpty() && !data.isEmpty()) {
            sink.accept(data.toString());
            data.setLength(0);
        }
    }
}
