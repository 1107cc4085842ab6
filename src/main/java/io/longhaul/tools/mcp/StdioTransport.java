package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.Environment;
import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.childprocess.Program;
import io.longhaul.tools.childprocess.ProgramStart;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.secrets.Scrubber;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Speaks to a program that it starts, over standard input and output; one process serves all calls. */
final class StdioTransport implements McpTransport {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.mcp");
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int LONGEST_ERROR_LINE = 8 * 1024;
    private static final Outgoing END = new Outgoing(new byte[0], null);

    /** Requests are refused while so many bytes wait for a program that does not read. */
    private static final long MOST_WAITING = 16L << 20;

    private static final Pattern MENTIONS_ERROR = Pattern.compile("(?i)error|exception|cannot|not found");

    /** A program that has closed its output usually exits at once, and the output of one that exits ends at once. */
    private static final long END_MILLIS = 1_000;

    private final Start start;
    private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();

    /** The bytes to be written, those that are being written included. */
    private final AtomicLong waiting = new AtomicLong();

    private volatile boolean closing;

    /** A message. */
    private static final class Outgoing {
        private final byte[] bytes;

        /** Null for a message that is no request. */
        private final PendingRequest request;

        Outgoing(byte[] bytes, PendingRequest request) {
            this.bytes = bytes;
            this.request = request;
        }
    }

    /** The last lines of standard error. */
    private final BlockingDeque<String> lastWords = new LinkedBlockingDeque<>(20);

    private Scrubber discreet;
    private Process process;
    private CallProcesses all;
    private Thread errors;

    /**
     * Settings for starting the program.
     *
     * @param server the tool entry's name, for the log
     * @param command program and arguments
     * @param most largest message in bytes
     * @param isolated whether it is isolated from the server's other processes
     */
    record Start(
            String server, List<String> command, Environment environment, Path directory, int most, boolean isolated) {}

    StdioTransport(Start start) {
        this.start = start;
    }

    @Override
    public void open(Session session) throws LostException {
        String id = CallProcesses.newId();
        discreet = start.environment().scrubber();
        try {
            process = prepared(id).start();
        } catch (IOException e) {
            throw new LostException("it cannot be started (%s)".formatted(e.getMessage()), false);
        } catch (CallFailure failure) {
            throw new LostException(failure.getMessage(), false);
        }
        all = CallProcesses.of(process, id);
        errors = thread("mcp-err", () -> readErrors(session));
        Thread messages = thread("mcp-in", () -> readMessages(session));
        thread("mcp-out", this::write);
        var unused = process.onExit().thenRun(() -> thread("mcp-end", () -> exited(messages, session)));
    }

    /** The output does not end with the program if a process that it leaves behind holds it open. */
    private void exited(Thread messages, Session session) {
        try {
            messages.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // While it is closed, what it started has longer to end.
        if (messages.isAlive() && !closing) {
            end(session);
        }
    }

    private ProgramStart prepared(String id) throws CallFailure {
        List<String> command = new ArrayList<>(start.command());
        command.set(
                0,
                Program.find(command.get(0), start.environment().searchPath(), start.directory())
                        .toString());
        return new ProgramStart(command, start.environment().marked(id), start.directory(), true, start.isolated());
    }

    /** Platform threads: a read from a pipe would pin the carrier of a virtual one. */
    private Thread thread(String kind, Runnable work) {
        Thread thread = new Thread(work, kind + "-" + start.server());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void readMessages(Session session) {
        MessageReader reader = new MessageReader(start.most(), new MessageReader.Sink() {
            @Override
            public void message(String text) {
                received(text, session);
            }

            @Override
            public void tooLarge(String id) {
                session.tooLarge(id, start.most());
            }

            @Override
            public void endless() {
                session.lost("it sent a message that does not end", true);
            }
        });
        try (InputStream in = process.getInputStream()) {
            reader.readAll(in);
        } catch (IOException e) {
            // Same as the end of the stream.
        } catch (RuntimeException | Error e) {
            // Memory ran out, say. Nobody reads on, so the calls must not wait for answers.
            session.lost("what it sent could not be taken (" + e + ")", true);
            LOG.warn("What MCP server {} sent could not be taken", start.server(), e);
        } finally {
            end(session);
        }
    }

    private void end(Session session) {
        try {
            session.lost("its process ended" + circumstances(), true);
            outgoing.add(END);
        } finally {
            all.stop(Duration.ZERO);
        }
    }

    private void received(String text, Session session) {
        JsonNode message = null;
        if (text.stripLeading().startsWith("{") && Storable.isReadableJson(text)) {
            message = ParamsJson.parse(text);
        }
        if (message == null) {
            LOG.info("MCP server {} writes something that is no message: {}", start.server(), cut(discreet.text(text)));
        } else {
            session.receive(message, null);
        }
    }

    private void readErrors(Session session) {
        LineReader reader = new LineReader(LONGEST_ERROR_LINE, (line, cut) -> {
            String text = Storable.text(new String(line, StandardCharsets.UTF_8));
            LOG.debug("MCP server {}: {}", start.server(), discreet.text(text));
            hear(text);
            session.said(text, null);
        });
        try (InputStream in = process.getErrorStream()) {
            reader.readAll(in);
        } catch (IOException e) {
            // Same as the end of the stream.
        } catch (RuntimeException | Error e) {
            // Memory ran out, say. Nobody reads on, and the program would wait as soon as the pipe is full.
            session.lost("what it wrote to standard error could not be taken (" + e + ")", true);
        }
    }

    private void hear(String line) {
        while (!line.isBlank() && !lastWords.offer(line.strip())) {
            lastWords.poll();
        }
    }

    /** Exit code and last error message, for the reason of a lost connection. */
    private String circumstances() {
        String said = "";
        try {
            if (process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
                said = " with exit code " + process.exitValue();
            }
            errors.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lastWords.isEmpty() ? said : said + ", after it wrote: " + cut(discreet.text(cause()));
    }

    /** The last line that mentions an error, or else the last line. */
    private String cause() {
        List<String> lines = List.copyOf(lastWords);
        return lines.stream()
                .filter(line -> MENTIONS_ERROR.matcher(line).find())
                .reduce((first, second) -> second)
                .orElseGet(() -> lines.get(lines.size() - 1));
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    /** Runs on a thread of its own: a server that does not read would block its callers. */
    private void write() {
        try (OutputStream out = process.getOutputStream()) {
            for (Outgoing message = outgoing.take(); message != END; message = outgoing.take()) {
                out.write(message.bytes);
                out.flush();
                waiting.addAndGet(-message.bytes.length);
            }
        } catch (IOException e) {
            // The reader notices the end as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void send(ObjectNode message, PendingRequest pending) throws LostException {
        if (!process.isAlive()) {
            throw new LostException("its process ended" + circumstances(), false);
        }
        byte[] bytes = (message + "\n").getBytes(StandardCharsets.UTF_8);
        // Others than requests are small, and must come through: that a request is cancelled, say.
        long most = pending == null ? 2 * MOST_WAITING : MOST_WAITING;
        long before = waiting.getAndAdd(bytes.length);
        if (before > 0 && before + bytes.length > most) {
            waiting.addAndGet(-bytes.length);
            throw new LostException("it does not read: %d bytes wait for it".formatted(before), false);
        }
        outgoing.add(new Outgoing(bytes, pending));
    }

    @Override
    public boolean withdraw(PendingRequest request) {
        for (Outgoing one : outgoing) {
            if (request.equals(one.request) && outgoing.remove(one)) {
                waiting.addAndGet(-one.bytes.length);
                return true;
            }
        }
        return false;
    }

    @Override
    public void speak(String version, boolean modern) {
        // Every message names the version itself.
    }

    @Override
    public boolean cancelsByClosing() {
        return false;
    }

    /** Closes the program's input so that it exits; then sends a signal, and then kills all its processes. */
    @Override
    public void close() {
        closing = true;
        outgoing.add(END);
        if (process == null) {
            return;
        }
        try {
            process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.stop(GRACE);
        all.close();
    }
}
