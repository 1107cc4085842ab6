package io.longhaul.tools.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a stream into messages, one a line, in bounded memory; finds the request id even of a message that is too
 * large.
 */
final class MessageReader {
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"(lh-\\d+)\"");

    /** A request id at the beginning of a message that is too large. */
    private static final Pattern FIRST =
            Pattern.compile("\\A\\s*\\{\\s*(?:\"jsonrpc\"\\s*:\\s*\"2\\.0\"\\s*,\\s*)?" + ID.pattern());

    /** Request ids are searched in this many bytes at either end of a message. */
    private static final int ENDS = 256;

    private final int most;
    private final boolean takesEmpty;
    private final Sink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] tail = new byte[ENDS];
    private long length;
    private boolean told;

    /** Takes messages. */
    interface Sink {
        /** One line. */
        void message(String text);

        /** A line that is too long; {@code id} is the request it answers, or null if unknown. */
        void tooLarge(String id);

        /** A line that was reported as too long and still does not end. */
        void endless();
    }

    MessageReader(int most, Sink sink) {
        this(most, false, sink);
    }

    /** {@code takesEmpty} says whether empty lines are passed on. */
    MessageReader(int most, boolean takesEmpty, Sink sink) {
        this.takesEmpty = takesEmpty;
        this.most = most;
        this.sink = sink;
    }

    /** Reads to the end. */
    void readAll(InputStream in) throws IOException {
        readAll(in, () -> false);
    }

    /** Reads to the end, or until {@code enough}. */
    void readAll(InputStream in, BooleanSupplier enough) throws IOException {
        byte[] chunk = new byte[16 * 1024];
        for (int count = in.read(chunk); count >= 0 && !enough.getAsBoolean(); count = in.read(chunk)) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    take(chunk, start, i - start);
                    end();
                    start = i + 1;
                }
            }
            take(chunk, start, count - start);
        }
        end();
    }

    private void take(byte[] chunk, int start, int count) {
        line.write(chunk, start, Math.min(count, most - line.size()));
        for (int i = Math.max(start, start + count - ENDS); i < start + count; i++) {
            tail[(int) ((length + i - start) % ENDS)] = chunk[i];
        }
        long before = length;
        length += count;
        if (before <= most && length > most) {
            beyond();
        }
        if (before <= 2L * most && length > 2L * most) {
            tellEndless();
        }
    }

    private void tellEndless() {
        if (told) {
            sink.endless();
        } else {
            sink.tooLarge(null);
        }
        told = true;
    }

    /** Reports the request at once if its id stands first; the end of the line may never come. */
    private void beyond() {
        Matcher first = FIRST.matcher(head());
        if (takesEmpty || first.find()) {
            sink.tooLarge(takesEmpty ? null : first.group(1));
            told = true;
        }
    }

    private void end() {
        if (length > most) {
            if (!told) {
                sink.tooLarge(id());
            }
        } else if (length > 0 || takesEmpty) {
            sink.message(line.toString(StandardCharsets.UTF_8));
        }
        line.reset();
        length = 0;
        told = false;
    }

    private String id() {
        int at = (int) (length % ENDS);
        String last = new String(tail, at, ENDS - at, StandardCharsets.ISO_8859_1)
                + new String(tail, 0, at, StandardCharsets.ISO_8859_1);
        // Prefers the end of the message: near the beginning a text could merely look like an id.
        Matcher matcher = ID.matcher(last);
        String found = null;
        while (matcher.find()) {
            found = matcher.group(1);
        }
        Matcher first = ID.matcher(head());
        return found != null ? found : first.find() ? first.group(1) : null;
    }

    private String head() {
        return new String(Arrays.copyOf(line.toByteArray(), ENDS), StandardCharsets.ISO_8859_1);
    }
}
