package io.longhaul.tools.command;

import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Standard error of one call: each line goes to the job's log, and the last ones explain a failure. */
final class StandardError implements LineReader.LineSink {
    /** Longer lines are cut. */
    static final int LONGEST_LINE = 8 * 1024;

    private static final int LAST_LINES = 5;
    private static final int LONGEST_SHOWN = 400;

    private final ToolCall call;
    private final Deque<String> last = new ArrayDeque<>();

    StandardError(ToolCall call) {
        this.call = call;
    }

    @Override
    public void line(byte[] line, boolean cut) {
        String text = shown(new String(line, StandardCharsets.UTF_8)) + (cut ? "..." : "");
        call.log(text);
        if (!text.isBlank()) {
            remember(text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text);
        }
    }

    /** The part of a line that a terminal would show: progress bars overwrite their line. */
    private static String shown(String line) {
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return Storable.text(text.substring(text.lastIndexOf('\r') + 1));
    }

    private void remember(String line) {
        last.addLast(line);
        if (last.size() > LAST_LINES) {
            last.removeFirst();
        }
    }

    /** The last lines, oldest first; empty without any. */
    String tail() {
        return String.join("\n", last);
    }
}
