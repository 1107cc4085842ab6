package io.longhaul.jobs.intake;

import io.longhaul.database.PinnedConnection;
import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.JobInserts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;

/**
 * Commits submissions that arrive at the same time together. A single one is written at once on the thread that
 * brings it. Submissions that arrive during a write are collected, and the next writer stores them all in one
 * statement. The writers are threads and not {@code Loop}s, because each blocks until a submission comes and closes
 * its connection when its thread ends.
 */
public final class GroupCommit {
    /** Two writers keep two commits in flight: one flushes to disk while the other inserts. */
    private static final int WRITERS = 2;

    /** A larger statement gains nothing and only delays its first job. */
    private static final int MAX_JOBS = 500;

    /** Characters of params in one statement; bounds memory when jobs are large. */
    private static final int MAX_CHARS = 8 << 20;

    private final Jdbi jdbi;
    private final CertainCommit certain;
    private final JobSignals signals;
    private final IntakeHints hints;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(10_000);
    private final List<Thread> writers = new ArrayList<>();
    private final ReentrantLock gathering = new ReentrantLock();
    private final AtomicInteger committing = new AtomicInteger();
    private final ReentrantLock single = new ReentrantLock();
    private final PinnedConnection<NewJobs.Statements> singleConnection;

    private volatile boolean started;
    private volatile boolean stopped;

    private record Waiting(NewJob job, CompletableFuture<Job> done) {}

    public GroupCommit(Jdbi jdbi, JobSignals signals) {
        this(jdbi, signals, IntakeHints.NONE);
    }

    /**
     * The writers run from {@link #start} on.
     *
     * @param hints learns of new concurrency keys
     */
    public GroupCommit(Jdbi jdbi, JobSignals signals, IntakeHints hints) {
        this.jdbi = jdbi;
        this.certain = new CertainCommit(jdbi);
        this.signals = signals;
        this.hints = hints;
        this.singleConnection = new PinnedConnection<>(jdbi, NewJobs.Statements.class);
    }

    /** Starts the writers. */
    public void start() {
        for (int i = 1; i <= WRITERS; i++) {
            Thread writer = new Thread(this::write, "submit-" + i);
            writer.setDaemon(true);
            writer.start();
            writers.add(writer);
        }
        started = true;
    }

    /** Stops the writers. Waiting and later submissions are rejected. */
    public void stop() {
        stopped = true;
        writers.forEach(Thread::interrupt);
        rejectWaiting();
        single.lock();
        try {
            singleConnection.close();
        } finally {
            single.unlock();
        }
    }

    private void rejectWaiting() {
        Waiting left;
        while ((left = waiting.poll()) != null) {
            left.done()
                    .completeExceptionally(new SubmissionRejected(
                            SubmissionRejected.Reason.STOPPING, "This node is stopping. Try again.", List.of()));
        }
    }

    public CompletableFuture<Job> add(NewJob job) throws SubmissionRejected {
        Waiting one = new Waiting(job, new CompletableFuture<>());
        if (commitAlone(one)) {
            return one.done();
        }
        if (!waiting.offer(one)) {
            throw new SubmissionRejected(
                    SubmissionRejected.Reason.OVERLOADED,
                    "More jobs are being submitted than the database takes. Try again shortly.",
                    List.of());
        }
        if (stopped) {
            // It may have been queued after stop() emptied the queue.
            rejectWaiting();
        }
        return one.done();
    }

    /** Saves a single submission the way to another thread and back, which takes as long as a commit. */
    private boolean commitAlone(Waiting one) {
        if (!started || stopped || !waiting.isEmpty() || committing.get() > 0 || !single.tryLock()) {
            return false;
        }
        try {
            commit(singleConnection, List.of(one));
            return true;
        } finally {
            single.unlock();
        }
    }

    private void write() {
        PinnedConnection<NewJobs.Statements> statements = new PinnedConnection<>(jdbi, NewJobs.Statements.class);
        try (statements) {
            write(statements);
        }
    }

    private void write(PinnedConnection<NewJobs.Statements> statements) {
        // As large as it can get, so that each one that is taken finds its place.
        List<Waiting> batch = new ArrayList<>(MAX_JOBS);
        Throwable failure = null;
        while (!Thread.currentThread().isInterrupted() || !batch.isEmpty()) {
            try {
                // Here, because this may fail too while memory is short; then it is done again.
                fail(batch, failure);
                batch.clear();
                gather(batch);
                commit(statements, batch);
                batch.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                // Without its writers a node would take no job any more.
                failure = e;
            }
        }
    }

    /** Only one writer at a time, so that jobs stay together and in order. */
    private void gather(List<Waiting> batch) throws InterruptedException {
        gathering.lockInterruptibly();
        try {
            gatherAlone(batch);
        } finally {
            gathering.unlock();
        }
    }

    private void gatherAlone(List<Waiting> batch) throws InterruptedException {
        Waiting next = waiting.take();
        int chars = 0;
        while (next != null) {
            batch.add(next);
            chars += next.job().submission().params().length();
            next = batch.size() < MAX_JOBS && chars < MAX_CHARS ? waiting.poll() : null;
        }
    }

    private void commit(PinnedConnection<NewJobs.Statements> statements, List<Waiting> batch) {
        committing.incrementAndGet();
        try {
            Map<UUID, JobInserts.Accepted> rows = insert(statements, batch);
            for (Waiting w : batch) {
                JobInserts.Accepted row = rows.get(w.job().id());
                w.done().complete(row == null ? null : w.job().accepted(row));
            }
            if (!rows.isEmpty()) {
                NewJobs.tellKeys(hints, batch.stream().map(w -> w.job().submission()));
                signals.ready();
                signals.stored(rows.size());
            }
        } catch (Throwable e) {
            commitApart(statements, batch, e);
        } finally {
            committing.decrementAndGet();
        }
    }

    // A row that PostgreSQL refuses must not fail the other jobs of its group.
    private void commitApart(PinnedConnection<NewJobs.Statements> statements, List<Waiting> batch, Throwable failure) {
        if (batch.size() > 1 && DatabaseFault.of(failure).refuses()) {
            batch.forEach(one -> commit(statements, List.of(one)));
        } else {
            fail(batch, failure);
        }
    }

    private static void fail(List<Waiting> batch, Throwable failure) {
        batch.forEach(one -> one.done().completeExceptionally(failure));
    }

    private Map<UUID, JobInserts.Accepted> insert(
            PinnedConnection<NewJobs.Statements> statements, List<Waiting> batch) {
        List<NewJob> jobs = batch.stream().map(Waiting::job).toList();
        return certain.write(
                jobs.stream().map(NewJob::id).toList(), () -> statements.with(s -> NewJobs.insert(s, hints, jobs)));
    }
}
