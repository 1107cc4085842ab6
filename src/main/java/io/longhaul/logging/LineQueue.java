package io.longhaul.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A queue before appenders, and the thread that empties it. It writes all lines that wait by one call, which logback's
 * {@link AsyncAppender} does not, and says how many it had to drop.
 */
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** A reader that is too slow stays so for a while: one line about it in this time is enough. */
    private static final long BETWEEN_REPORTS = TimeUnit.SECONDS.toNanos(1);

    private final BlockingQueue<ILoggingEvent> events;
    private final List<ScrubbingAppender> targets = new ArrayList<>();
    private final Settings settings;
    private final Thread writer = new Thread(this::write, "log-writer");
    private final LongAdder dropped = new LongAdder();
    private long reportedNanos = System.nanoTime() - BETWEEN_REPORTS;

    /**
     * What the queue takes over.
     *
     * @param keptFree places that only lines above INFO may take
     * @param neverBlock whether a full queue drops lines instead of making those who log wait
     * @param callerData whether lines name the calling code
     * @param endMillis how long a stop waits for lines that are still to be written
     */
    private record Settings(int keptFree, boolean neverBlock, boolean callerData, int endMillis) {}

    private LineQueue(int size, Settings settings) {
        this.events = new ArrayBlockingQueue<>(size);
        this.settings = settings;
        writer.setDaemon(true);
    }

    /** One with the name, the settings, the filters and the appenders of another, which is stopped. */
    static LineQueue insteadOf(AsyncAppender old, LoggedSecrets secrets) {
        Settings settings = new Settings(
                old.getDiscardingThreshold(), old.isNeverBlock(), old.isIncludeCallerData(), old.getMaxFlushTime());
        LineQueue queue = new LineQueue(old.getQueueSize(), settings);
        queue.setName(old.getName());
        queue.setContext(old.getContext());
        old.getCopyOfAttachedFiltersList().forEach(queue::addFilter);
        List.copyOf(targets(old)).forEach(target -> {
            old.detachAppender(target);
            queue.targets.add(ScrubbingAppender.gathering(target, secrets));
        });
        queue.start();
        old.stop();
        return queue;
    }

    private static List<Appender<ILoggingEvent>> targets(AsyncAppender old) {
        List<Appender<ILoggingEvent>> all = new ArrayList<>();
        old.iteratorForAppenders().forEachRemaining(all::add);
        return all;
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (events.remainingCapacity() < settings.keptFree()
                && !event.getLevel().isGreaterOrEqual(Level.WARN)) {
            dropped.increment();
            return;
        }
        event.prepareForDeferredProcessing();
        if (settings.callerData()) {
            event.getCallerData();
        }
        if (!events.offer(event)) {
            waitOrDrop(event);
        }
    }

    private void waitOrDrop(ILoggingEvent event) {
        if (settings.neverBlock()) {
            dropped.increment();
            return;
        }
        boolean interrupted = false;
        while (isStarted()) {
            try {
                events.put(event);
                break;
            } catch (InterruptedException e) {
                // Whoever logs is told afterwards; a line is not worth losing for it.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<ILoggingEvent> lines = new ArrayList<>();
        try {
            while (isStarted()) {
                writeNext(lines);
            }
        } catch (InterruptedException e) {
            // It was stopped.
        }
        writeAll(lines);
        targets.forEach(ScrubbingAppender::stop);
    }

    private void writeNext(List<ILoggingEvent> lines) throws InterruptedException {
        // What was dropped is said even if nothing more comes.
        ILoggingEvent next = dropped.sum() == 0 ? events.take() : events.poll(BETWEEN_REPORTS, TimeUnit.NANOSECONDS);
        try {
            if (next != null) {
                lines.add(next);
            }
            writeAll(lines);
        } catch (Throwable e) {
            // Memory that ran out, above all. Without this thread nothing would be logged any more, and those who wait
            // for room in the queue would wait for ever.
            dropped.increment();
        }
    }

    /** Writes these and all that wait. */
    private void writeAll(List<ILoggingEvent> lines) {
        events.drainTo(lines);
        lines.forEach(this::write);
        lines.clear();
        reportDropped();
        targets.forEach(ScrubbingAppender::flush);
    }

    private void write(ILoggingEvent line) {
        try {
            targets.forEach(target -> target.doAppend(line));
        } catch (Throwable e) {
            // The others can still be written.
            dropped.increment();
        }
    }

    private void reportDropped() {
        if (dropped.sum() == 0 || System.nanoTime() - reportedNanos < BETWEEN_REPORTS) {
            return;
        }
        reportedNanos = System.nanoTime();
        LoggingEvent report = new LoggingEvent();
        report.setLoggerName("longhaul");
        report.setLevel(Level.WARN);
        report.setThreadName(writer.getName());
        report.setInstant(Instant.now());
        report.setMessage(dropped.sumThenReset()
                + " log lines were dropped, because they came faster than they could be written, or memory ran out. Raise queueSize, or leave lines"
                + " out by a level (LONGHAUL_LOG_JOBS=WARN).");
        report.setMDCPropertyMap(Map.of());
        targets.forEach(target -> target.doAppend(report));
    }

    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        writer.interrupt();
        try {
            writer.join(settings.endMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
