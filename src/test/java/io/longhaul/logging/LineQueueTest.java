package io.longhaul.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.longhaul.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineQueueTest {
    private static final int SIZE = 1_000;

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("longhaul.jobs");
    private final Reader reader = new Reader();

    /** Reads nothing of the second line and what follows until it is told to. */
    private static final class Reader extends OutputStream {
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void write(int one) {
            throw new AssertionError("a byte was written alone");
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            calls.incrementAndGet();
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                // The queue was stopped; what is left is still read.
            }
            synchronized (all) {
                all.write(bytes, from, length);
            }
        }

        List<String> lines() {
            synchronized (all) {
                return all.toString(StandardCharsets.UTF_8).lines().toList();
            }
        }
    }

    private void log(boolean neverBlock) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(new EventLayout(LogFormat.TEXT).build(context, TimeZone.getTimeZone("UTC")));
        encoder.getLayout().start();
        encoder.start();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        console.setOutputStream(reader);
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(SIZE);
        queue.setNeverBlock(neverBlock);
        queue.addAppender(console);
        queue.start();
        logger.addAppender(queue);
        ScrubbingAppender.before(context, new LoggedSecrets());
    }

    @AfterEach
    void stop() {
        reader.goOn.countDown();
        context.stop();
    }

    private void logWhileTheFirstIsRead(int lines) throws InterruptedException {
        logger.info("first");
        assertThat(reader.begun.await(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < lines; i++) {
            logger.info("line {}", i);
        }
    }

    @Test
    void linesThatWaitAreWrittenByOneCallInTheirOrder() throws Exception {
        log(true);
        logWhileTheFirstIsRead(300);
        reader.goOn.countDown();
        Await.until("all are written", Await.LONG, () -> reader.lines().size() == 301);
        assertThat(reader.calls.get()).isEqualTo(2);
        assertThat(reader.lines()).element(0).asString().endsWith("longhaul.jobs: first");
        assertThat(reader.lines()).element(300).asString().endsWith("longhaul.jobs: line 299");
    }

    @Test
    void aLineThatIsAloneIsWrittenAtOnce() {
        reader.goOn.countDown();
        log(true);
        logger.info("one");
        Await.until("it is written", Await.LONG, () -> reader.lines().size() == 1);
        logger.info("two");
        Await.until("it is written", Await.LONG, () -> reader.lines().size() == 2);
    }

    @Test
    void theLogSaysHowManyLinesItDroppedAndKeepsRoomForWarnings() throws Exception {
        log(true);
        logWhileTheFirstIsRead(SIZE + 500);
        logger.warn("important");
        reader.goOn.countDown();
        Await.until(
                "the report is written",
                Await.LONG,
                () -> reader.lines().stream().anyMatch(line -> line.contains("dropped")));
        long written =
                reader.lines().stream().filter(line -> line.contains(": line ")).count();
        assertThat(reader.lines()).anyMatch(line -> line.endsWith("important"));
        assertThat(reader.lines())
                .anyMatch(line -> line.contains("WARN  longhaul: " + (SIZE + 500 - written)
                        + " log lines were dropped, because they came faster"));
    }

    @Test
    void aLineThatCannotBeWrittenDoesNotEndTheLog() {
        reader.goOn.countDown();
        log(true);
        logger.atInfo()
                .addKeyValue("broken", new Object() {
                    @Override
                    public String toString() {
                        throw new OutOfMemoryError("Java heap space");
                    }
                })
                .log("broken");
        logger.info("next");
        Await.until(
                "the next is written and the other counted",
                Await.LONG,
                () -> reader.lines().size() == 2);
        assertThat(reader.lines())
                .anyMatch(line -> line.endsWith("longhaul.jobs: next"))
                .anyMatch(line -> line.contains("longhaul: 1 log lines were dropped"));
    }

    @Test
    void aQueueThatMayBlockDropsNothing() throws Exception {
        log(false);
        logger.warn("first");
        assertThat(reader.begun.await(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Thread many = new Thread(() -> {
            for (int i = 0; i < SIZE + 500; i++) {
                logger.warn("line {}", i);
            }
        });
        many.start();
        reader.goOn.countDown();
        Await.until("all are written", Await.LONG, () -> reader.lines().size() == SIZE + 501);
        many.join();
    }

    @Test
    void whatWaitsIsWrittenWhenLoggingStops() throws Exception {
        log(true);
        logWhileTheFirstIsRead(20);
        reader.goOn.countDown();
        context.stop();
        assertThat(reader.lines()).hasSize(21);
    }
}
