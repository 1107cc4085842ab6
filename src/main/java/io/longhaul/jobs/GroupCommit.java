package io.longhaul.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Commits submissions that arrive at the same time together. A lone one is written at once; while the
 * writers are busy others gather, and the next writer takes them all in one statement.
 */
public final class GroupCommit {
    /** Two writers keep two commits in flight: one flushes to disk while the other inserts. */
    private static final int WRITERS = 2;

    /** Beyond this a statement gains nothing and only delays its first job. */
    private static final int MAX_JOBS = 500;

    /** Characters of params in one statement; bounds memory when jobs are large. */
    private static final int MAX_CHARS = 8 << 20;

    /**
     * Two groups that wait for each other's keys would be a deadlock, so all insert keys in the same order. Jobs without
     * a key keep theirs.
     */
    private static final Comparator<NewJob> BY_KEY = Comparator.comparing(
            job -> job.submission().idempotencyKey(), Comparator.nullsFirst(Comparator.naturalOrder()));

    private final Jdbi jdbi;
    private final Runnable committed;
    private final Consumer<Collection<String>> keysWaiting;
    private final Predicate<String> fair;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(10_000);
    private final List<Thread> writers = new ArrayList<>();

    private volatile boolean stopped;

    private record Waiting(NewJob job, CompletableFuture<Job> done) {}

    /**
     * Wires the writers; they run from {@link #start} on.
     *
     * @param jdbi the database
     * @param committed called after each commit that made jobs
     */
    public GroupCommit(Jdbi jdbi, Runnable committed) {
        this(jdbi, committed, keys -> {}, tool -> false);
    }

    /**
     * Wires the writers; they run from {@link #start} on.
     *
     * @param jdbi the database
     * @param committed called after each commit that made jobs
     * @param keysWaiting told, after each commit, the concurrency keys of the jobs it made
     * @param fair whether jobs of a tool wait that have a fairness key
     */
    public GroupCommit(
            Jdbi jdbi, Runnable committed, Consumer<Collection<String>> keysWaiting, Predicate<String> fair) {
        this.jdbi = jdbi;
        this.committed = committed;
        this.keysWaiting = keysWaiting;
        this.fair = fair;
    }

    /** Starts the writers. */
    public void start() {
        for (int i = 1; i <= WRITERS; i++) {
            Thread writer = new Thread(this::write, "submit-" + i);
            writer.setDaemon(true);
            writer.start();
            writers.add(writer);
        }
    }

    /** Stops the writers. Submissions that still wait, and those that come later, are rejected. */
    public void stop() {
        stopped = true;
        writers.forEach(Thread::interrupt);
        rejectWaiting();
    }

    private void rejectWaiting() {
        Waiting left;
        while ((left = waiting.poll()) != null) {
            left.done()
                    .completeExceptionally(new SubmissionRejected(
                            SubmissionRejected.Reason.STOPPING, "This node is stopping. Try again.", List.of()));
        }
    }

    CompletableFuture<Job> add(NewJob job) throws SubmissionRejected {
        Waiting one = new Waiting(job, new CompletableFuture<>());
        if (!waiting.offer(one)) {
            throw new SubmissionRejected(
                    SubmissionRejected.Reason.OVERLOADED,
                    "More jobs are being submitted than the database takes. Try again shortly.",
                    List.of());
        }
        if (stopped) {
            // It may have come after the last look into the queue.
            rejectWaiting();
        }
        return one.done();
    }

    /** What one writer keeps for itself. */
    private record Connected(Attached<JobTransitions> transitions, FairPlaces places) {}

    private void write() {
        try (Attached<JobTransitions> transitions = new Attached<>(jdbi, JobTransitions.class);
                Attached<FairQueue> queue = new Attached<>(jdbi, FairQueue.class)) {
            write(new Connected(transitions, new FairPlaces(queue, fair)));
        }
    }

    private void write(Connected writer) {
        List<Waiting> batch = new ArrayList<>();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                gather(batch);
                commit(writer, batch);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                batch.clear();
            }
        }
    }

    private void gather(List<Waiting> batch) throws InterruptedException {
        Waiting next = waiting.take();
        int chars = 0;
        while (next != null) {
            batch.add(next);
            chars += next.job().submission().params().length();
            next = batch.size() < MAX_JOBS && chars < MAX_CHARS ? waiting.poll() : null;
        }
    }

    private void commit(Connected writer, List<Waiting> batch) {
        try {
            Map<UUID, JobTransitions.Accepted> rows = insert(writer, batch);
            for (Waiting w : batch) {
                JobTransitions.Accepted row = rows.get(w.job().id());
                w.done().complete(row == null ? null : w.job().accepted(row));
            }
            if (!rows.isEmpty()) {
                tellKeys(batch);
                committed.run();
            }
        } catch (RuntimeException e) {
            commitApart(writer, batch, e);
        }
    }

    private void tellKeys(List<Waiting> batch) {
        List<String> keys = batch.stream()
                .map(w -> w.job().submission().extras().concurrencyKey())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (!keys.isEmpty()) {
            keysWaiting.accept(keys);
        }
    }

    // One row that PostgreSQL refuses must not take the others of its batch along.
    private void commitApart(Connected writer, List<Waiting> batch, RuntimeException failure) {
        if (batch.size() == 1) {
            batch.get(0).done().completeExceptionally(failure);
        } else if (DataRefused.is(failure)) {
            batch.forEach(one -> commit(writer, List.of(one)));
        } else {
            batch.forEach(one -> one.done().completeExceptionally(failure));
        }
    }

    private Map<UUID, JobTransitions.Accepted> insert(Connected writer, List<Waiting> batch) {
        List<NewJob> jobs = batch.stream().map(Waiting::job).sorted(BY_KEY).toList();
        String[] extras = writer.places().extras(jobs);
        return writer
                .transitions()
                .with(t -> t.enqueue(
                        jobs.stream().map(NewJob::id).toArray(UUID[]::new),
                        texts(jobs, Submission::tool),
                        texts(jobs, Submission::traceId),
                        texts(jobs, Submission::params),
                        numbers(jobs, Submission::priority),
                        texts(jobs, s -> text(s.runAt())),
                        numbers(jobs, Submission::maxAttempts),
                        numbers(
                                jobs,
                                s -> s.timeout() == null
                                        ? null
                                        : (int) s.timeout().toSeconds()),
                        numbers(jobs, s -> (int) s.ttl().toSeconds()),
                        texts(jobs, Submission::idempotencyKey),
                        jobs.stream().map(NewJob::hash).toArray(String[]::new),
                        extras))
                .stream()
                .collect(Collectors.toMap(JobTransitions.Accepted::id, Function.identity()));
    }

    private static String[] texts(List<NewJob> jobs, Function<Submission, String> field) {
        return jobs.stream().map(j -> field.apply(j.submission())).toArray(String[]::new);
    }

    private static Integer[] numbers(List<NewJob> jobs, Function<Submission, Integer> field) {
        return jobs.stream().map(j -> field.apply(j.submission())).toArray(Integer[]::new);
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }
}
