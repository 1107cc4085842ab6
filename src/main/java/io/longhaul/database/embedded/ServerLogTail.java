package io.longhaul.database.embedded;

import io.longhaul.loops.Loop;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Passes what the server adds to its log on to this program's log, one event for each message. */
final class ServerLogTail {
    private static final Logger LOG = LoggerFactory.getLogger("postgres");
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A burst of messages is read in several looks. */
    private static final int MOST = 256 * 1024;

    /** The prefix of PostgreSQL's messages: a time, the zone, and the process. */
    private static final Pattern MESSAGE =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+ \\S+ \\[(\\d+)\\] ([A-Z0-9]+): +(.*)");

    private final Path file;
    private final Loop loop = Loop.exact("postgres-log", PAUSE, this::look);
    private long position;

    private ServerLogTail(Path file) throws IOException {
        this.file = file;
        this.position = Files.exists(file) ? Files.size(file) : 0;
    }

    /** Begins at the end of the file. */
    static ServerLogTail of(Path file) throws IOException {
        return new ServerLogTail(file);
    }

    /** Reads on a daemon thread until {@link #stop}. */
    void start() {
        loop.start();
    }

    void stop() {
        loop.interrupt();
    }

    private Duration look() {
        read();
        return PAUSE;
    }

    /** Passes on all whole lines that are new. */
    void read() {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            // A server that is started again may begin a new file.
            position = log.length() < position ? 0 : position;
            byte[] added = new byte[(int) Math.min(log.length() - position, MOST)];
            log.seek(position);
            log.readFully(added);
            String text = new String(added, StandardCharsets.UTF_8);
            int end = added.length == MOST ? text.length() : text.lastIndexOf('\n') + 1;
            position += text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
            tell(text.substring(0, end));
        } catch (IOException e) {
            LOG.debug("{} cannot be read", file, e);
        }
    }

    /** Lines that begin with a tab continue the message before. */
    private static void tell(String text) {
        text.replace("\n\t", " ").lines().filter(line -> !line.isBlank()).forEach(ServerLogTail::tellLine);
    }

    private static void tellLine(String line) {
        Matcher message = MESSAGE.matcher(line);
        if (message.matches()) {
            LOG.atLevel(level(message.group(2)))
                    .addKeyValue("postgres_pid", message.group(1))
                    .log("{}: {}", message.group(2), message.group(3));
        } else {
            LOG.debug("{}", line);
        }
    }

    /** Failed statements are reported by whoever sent them, so that ERROR is no warning here. */
    private static Level level(String severity) {
        return switch (severity) {
            case "PANIC" -> Level.ERROR;
            case "FATAL", "WARNING" -> Level.WARN;
            case "ERROR" -> Level.INFO;
            default -> Level.DEBUG;
        };
    }
}
