package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import io.longhaul.jobs.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ServerLogTailTest {
    @TempDir
    private Path folder;

    private final Logger logger = (Logger) LoggerFactory.getLogger("postgres");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.DEBUG);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private String told() {
        StringBuilder all = new StringBuilder();
        lines.list.forEach(event -> all.append(event.getLevel())
                .append(' ')
                .append(event.getFormattedMessage())
                .append('\n'));
        lines.list.clear();
        return all.toString();
    }

    @Test
    void eachNewMessageIsOneEventAtALevelOfItsOwn() throws Exception {
        Path file = Files.writeString(folder.resolve("postgres.log"), "old\n");
        ServerLogTail tail = ServerLogTail.of(file);
        Files.writeString(file, """
                2026-11-29 10:00:00.123 UTC [41] LOG:  checkpoint starting: time
                2026-11-29 10:00:00.124 UTC [42] ERROR:  canceling statement due to lock timeout
                2026-11-29 10:00:00.124 UTC [42] STATEMENT:  SELECT
                \t    1 \u00e4
                2026-11-29 10:00:00.125 UTC [43] FATAL:  sorry, too many clients already
                2026-11-29 10:00:00.126 UTC [44] PANIC:  could not write to file: No space left on device
                without prefix
                2026-11-29 10:00:00.127 UTC [44] WARNING:  half a""", StandardOpenOption.APPEND);
        tail.read();
        assertThat(told()).isEqualTo("""
                DEBUG LOG: checkpoint starting: time
                INFO ERROR: canceling statement due to lock timeout
                DEBUG STATEMENT: SELECT     1 \u00e4
                WARN FATAL: sorry, too many clients already
                ERROR PANIC: could not write to file: No space left on device
                DEBUG without prefix
                """);
        Files.writeString(file, " line\n", StandardOpenOption.APPEND);
        tail.read();
        assertThat(told()).isEqualTo("WARN WARNING: half a line\n");
        Files.writeString(file, "new\n");
        tail.read();
        assertThat(told()).isEqualTo("DEBUG new\n");
        Files.delete(file);
        tail.read();
        assertThat(told()).contains("cannot be read");
    }

    @Test
    void theLogIsReadOnAfterMemoryRanOut() throws Exception {
        Path file = Files.writeString(folder.resolve("postgres.log"), "");
        // Other servers of the tests write to this log as well.
        Set<String> read = ConcurrentHashMap.newKeySet();
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                read.add(event.getFormattedMessage());
                if (event.getFormattedMessage().equals("first")) {
                    throw new OutOfMemoryError("a test");
                }
            }
        };
        failing.start();
        logger.addAppender(failing);
        ServerLogTail tail = ServerLogTail.of(file);
        tail.start();
        try {
            Files.writeString(file, "first\n", StandardOpenOption.APPEND);
            Await.until("it fails", () -> read.contains("first"));
            Files.writeString(file, "second\n", StandardOpenOption.APPEND);
            Await.until("it reads on", () -> read.contains("second"));
        } finally {
            tail.stop();
            logger.detachAppender(failing);
        }
    }
}
