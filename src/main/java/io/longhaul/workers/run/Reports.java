package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.jobs.sql.Sequences;
import io.longhaul.loops.Loop;
import io.longhaul.tools.params.Storable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * Gathers the reports of running tools and stores them for all jobs of the node together, at most four times a second:
 * of progress the latest, of log lines all.
 */
public final class Reports {
    /** A loop waits at least four fifths of it: so no job is written more than four times a second. */
    public static final Duration INTERVAL = Duration.ofMillis(320);

    /** Stored instead of a text that the database refuses. */
    private static final String NOT_STORABLE = "(PostgreSQL cannot store what was said here.)";

    private static final int MAX_LINE = 8_000;
    private static final int MAX_LINES_AT_ONCE = 2_000;

    private final Jdbi jdbi;
    private final Map<Lease, Report> progress = new ConcurrentHashMap<>();
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(10_000);
    private final ReentrantLock flushing = new ReentrantLock();

    private final Loop.Failures failures;

    private record Report(Double fraction, String message) {}

    private record Line(Lease lease, Instant at, String text) {}

    /** Refusals of the database are passed to {@code failures} as those of a loop. */
    Reports(Jdbi jdbi, Loop.Failures failures) {
        this.jdbi = jdbi;
        this.failures = failures;
    }

    void progress(Lease lease, double fraction, String message) {
        Double known = Double.isNaN(fraction) ? null : Math.max(0.0, Math.min(1.0, fraction));
        String text = clean(message);
        progress.merge(
                lease,
                new Report(known, text),
                (old, now) -> now.message() == null ? new Report(now.fraction(), old.message()) : now);
    }

    /** Waits while more lines are on their way than the database takes: none is lost, the tool is slowed down. */
    void log(Lease lease, String line) {
        try {
            lines.put(new Line(lease, Instant.now(), clean(line == null ? "" : line)));
        } catch (InterruptedException e) {
            // The call is being stopped: the line is not worth waiting for.
            Thread.currentThread().interrupt();
        }
    }

    private static String clean(String text) {
        return text == null ? null : Storable.text(text, MAX_LINE);
    }

    public void flush() {
        flush(any -> true);
    }

    /**
     * Stores the reports of attempts that end, so that nothing follows a job's end. Of these only: others would be
     * written each time a job of the node ends.
     */
    public void flush(Set<Lease> ending) {
        flush(ending::contains);
    }

    private void flush(Predicate<Lease> whose) {
        // Also when there is nothing to store: reports that another thread is just storing must be there before a job
        // ends.
        flushing.lock();
        try {
            flushProgress(whose);
            // Only lines that are there now: a tool that logs faster than the database writes must not hold up an end.
            for (int left = lines.size(); left > 0; left -= MAX_LINES_AT_ONCE) {
                flushLines(whose);
            }
        } finally {
            flushing.unlock();
        }
    }

    private void flushProgress(Predicate<Lease> whose) {
        List<Map.Entry<Lease, Report>> batch = new ArrayList<>();
        for (Lease lease : progress.keySet().stream().filter(whose).toList()) {
            Report report = progress.remove(lease);
            if (report != null) {
                batch.add(Map.entry(lease, report));
            }
        }
        if (!batch.isEmpty()) {
            write(batch);
        }
    }

    private void write(List<Map.Entry<Lease, Report>> batch) {
        Leases leases = Leases.of(batch.stream().map(Map.Entry::getKey).toList());
        Double[] fractions = batch.stream().map(e -> e.getValue().fraction()).toArray(Double[]::new);
        String[] messages = batch.stream().map(e -> e.getValue().message()).toArray(String[]::new);
        try {
            jdbi.useExtension(
                    JobReports.class,
                    r -> r.progress(leases.ids(), leases.attempts(), leases.nodes(), fractions, messages));
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e).refuses()) {
                writeApart(batch, e);
                return;
            }
            // Newer reports win; these are kept only where there is none.
            batch.forEach(one -> progress.putIfAbsent(one.getKey(), one.getValue()));
            throw e;
        }
    }

    // A report of one job must not keep those of others from being stored.
    private void writeApart(List<Map.Entry<Lease, Report>> batch, RuntimeException refusal) {
        if (batch.size() > 1) {
            batch.forEach(one -> write(List.of(one)));
            return;
        }
        failures.failed("reports", 1, refusal);
        Report report = batch.get(0).getValue();
        if (!NOT_STORABLE.equals(report.message())) {
            write(List.of(Map.entry(batch.get(0).getKey(), new Report(report.fraction(), NOT_STORABLE))));
        }
    }

    private void flushLines(Predicate<Lease> whose) {
        // Looked at, not taken: a line leaves the queue only once it is stored, or refused for good.
        List<Line> batch = lines.stream()
                .filter(line -> whose.test(line.lease()))
                .limit(MAX_LINES_AT_ONCE)
                .toList();
        if (batch.isEmpty()) {
            return;
        }
        // Any other error leaves the lines in the queue, for the next flush.
        storeAll(batch);
        remove(batch);
    }

    private void storeAll(List<Line> batch) {
        try {
            storeWithNumbers(batch);
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            storeApart(batch, e);
        }
    }

    // By halves: most likely it is one line of one job.
    private void storeApart(List<Line> batch, RuntimeException refusal) {
        if (batch.size() > 1) {
            int half = batch.size() / 2;
            storeAll(batch.subList(0, half));
            storeAll(batch.subList(half, batch.size()));
            return;
        }
        failures.failed("reports", 1, refusal);
        Line line = batch.get(0);
        if (!NOT_STORABLE.equals(line.text())) {
            storeAll(List.of(new Line(line.lease(), line.at(), NOT_STORABLE)));
        }
    }

    private void storeWithNumbers(List<Line> batch) {
        try {
            store(batch);
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) != DatabaseFault.NUMBER_TAKEN) {
                throw e;
            }
            failures.failed("reports", 1, e);
            Sequences.healLines(
                    jdbi, batch.stream().map(line -> line.lease().jobId()).toList());
            store(batch);
        }
    }

    private void remove(List<Line> batch) {
        Set<Line> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(batch);
        lines.removeIf(gone::contains);
    }

    private void store(List<Line> batch) {
        Leases leases = Leases.of(batch.stream().map(Line::lease).toList());
        String[] times = batch.stream().map(l -> l.at().toString()).toArray(String[]::new);
        String[] texts = batch.stream().map(Line::text).toArray(String[]::new);
        jdbi.useExtension(JobReports.class, r -> r.log(leases.ids(), leases.attempts(), leases.nodes(), times, texts));
    }
}
