package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.OutputMode;
import io.longhaul.tools.ProtocolLine;
import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.childprocess.Spill;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Standard output of one call: obeys protocol lines and keeps the rest. Not thread-safe; its {@link LineReader} takes
 * care of that, and must be finished before the result is read.
 */
final class StandardOutput implements LineReader.LineSink, AutoCloseable {
    /**
     * Rules for reading standard output.
     *
     * @param mode makes the result when there is no result line
     * @param protocol whether lines may be messages to the server
     * @param most largest output in bytes, protocol lines not counted; also of a result line
     */
    record Rules(OutputMode mode, boolean protocol, int most) {}

    private final Rules rules;
    private final ToolCall call;
    private final Runnable onOverflow;
    private final Questions questions;
    private final Spill ordinary = new Spill();
    private final Spill result = new Spill();
    private boolean hasResult;
    private ProtocolLine.Failed failed;
    private volatile boolean overflown;

    /** Takes the questions of the command. */
    interface Questions {
        void asked(JsonNode question);
    }

    /**
     * Reads the output of a call.
     *
     * @param onOverflow runs once, when there is more output than allowed; the rest is then dropped
     */
    StandardOutput(Rules rules, ToolCall call, Runnable onOverflow, Questions questions) {
        this.rules = rules;
        this.call = call;
        this.onOverflow = onOverflow;
        this.questions = questions;
    }

    @Override
    public void line(byte[] line, boolean cut) {
        if (overflown) {
            return;
        }
        Optional<ProtocolLine> said = cut || !rules.protocol() ? Optional.empty() : protocolLine(line);
        if (said.isPresent()) {
            obey(said.get());
        } else {
            keep(line, cut);
        }
    }

    private static Optional<ProtocolLine> protocolLine(byte[] line) {
        int at = 0;
        while (at < line.length && (line[at] == ' ' || line[at] == '\t')) {
            at++;
        }
        return at < line.length && line[at] == '{'
                ? ProtocolLine.parse(new String(line, at, line.length - at, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private void obey(ProtocolLine line) {
        if (line instanceof ProtocolLine.Progress progress) {
            String message = progress.message();
            call.progress(progress.fraction(), message == null ? null : Storable.text(message));
        } else if (line instanceof ProtocolLine.Log log) {
            log.text().lines().map(Storable::text).forEach(call::log);
        } else if (line instanceof ProtocolLine.Result value) {
            result.reset();
            byte[] json = value.json().getBytes(StandardCharsets.UTF_8);
            result.write(json, 0, json.length);
            hasResult = true;
        } else if (line instanceof ProtocolLine.Failed error) {
            failed = error;
        } else if (line instanceof ProtocolLine.Ask ask) {
            questions.asked(ask.question());
        }
    }

    private void keep(byte[] line, boolean cut) {
        if (cut || line.length > rules.most() - ordinary.size()) {
            overflown = true;
            ordinary.reset();
            onOverflow.run();
            return;
        }
        ordinary.write(line, 0, line.length);
        ordinary.write('\n');
    }

    boolean overflown() {
        return overflown;
    }

    /** The failure that the command reported, if it did. */
    Optional<ProtocolLine.Failed> failed() {
        return Optional.ofNullable(failed);
    }

    /** The result of a successful command: its last result line, otherwise all ordinary output. */
    ToolResult result() throws InterruptedException {
        call.makeRoom(Math.max(result.size(), ordinary.size()));
        return hasResult
                ? new ToolResult.Success(new String(result.toBytes(), StandardCharsets.UTF_8))
                : rules.mode().result(text());
    }

    /** Closes the call's files, also after a failure. */
    @Override
    public void close() {
        overflown = true;
        ordinary.close();
        result.close();
    }

    private String text() {
        String text = new String(ordinary.toBytes(), StandardCharsets.UTF_8);
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }
}
