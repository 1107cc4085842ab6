package io.longhaul.api.jobs;

import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that wait for the end of a job, or of a batch. A waiting request holds neither a thread nor a connection to the database. */
public final class JobWaits {
    private static final Logger LOG = LoggerFactory.getLogger(JobWaits.class);

    private final JobQueries queries;
    private final JobEnds ends;
    private final JobStates watch;
    private final Consumer<Collection<UUID>> newcomers;
    private final Executor executor;
    private final ConcurrentMap<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean released;

    public JobWaits(
            JobQueries queries,
            JobEnds ends,
            JobStates watch,
            Consumer<Collection<UUID>> newcomers,
            Executor executor) {
        this.newcomers = newcomers;
        this.queries = queries;
        this.ends = ends;
        this.watch = watch;
        this.executor = executor;
    }

    /**
     * How many requests wait.
     *
     * @return on this node
     */
    public int waiting() {
        return waiting.size();
    }

    /** Ends all waits, now and from now on: the requests are answered with how their jobs stand. For a node that stops. */
    public void release() {
        released = true;
        waiting.values().forEach(wait -> wait.complete(null));
    }

    /**
     * Waits for a job's end.
     *
     * @param id the job
     * @param longest then it is given as it stands
     * @return the job, or nothing when it no longer exists
     */
    CompletionStage<Optional<Job>> untilEnd(UUID id, Duration longest) {
        CompletableFuture<Void> wait = ends.whenEnded(id);
        CompletionStage<Optional<Job>> answer = answer(id, wait, longest, () -> {});
        // It may have ended before the wait began; then nobody tells.
        newcomers.accept(List.of(id));
        return answer;
    }

    /**
     * Waits for the end of a job that was stored a moment ago: whatever fails then, the job is there.
     *
     * @param job as it was stored
     * @param longest then it is given as it stands
     * @return the job as it stands, or as it was stored if that cannot be read
     */
    public CompletionStage<Job> ofCommitted(Job job, Duration longest) {
        CompletionStage<Optional<Job>> end;
        try {
            end = untilEnd(job.id(), longest);
        } catch (RuntimeException e) {
            LOG.warn("Job {} is stored, and its end could not be waited for: {}", job.id(), e.getMessage());
            return CompletableFuture.completedStage(job);
        }
        return end.handle((now, failure) -> {
            if (failure != null) {
                LOG.warn("Job {} is stored, and could not be read after its wait: {}", job.id(), failure.getMessage());
            }
            return failure == null ? now.orElse(job) : job;
        });
    }

    /**
     * Waits until a job stands otherwise than a client knows.
     *
     * @param seen how the client knows it
     * @param longest then it is given as it stands
     * @return the job, or nothing when it no longer exists
     */
    CompletionStage<Optional<Job>> untilChange(JobState seen, Duration longest) {
        ChangeWait change = new ChangeWait(seen);
        CompletionStage<Optional<Job>> answer = answer(seen.id(), change.done(), longest, () -> watch.remove(change));
        watch.add(change);
        return answer;
    }

    /**
     * Waits for something else than a job.
     *
     * @param wait done when it has happened
     * @param longest then it is given as it stands
     * @param read gives it
     * @return what was read when the wait was over
     */
    public <T> CompletionStage<T> until(CompletableFuture<Void> wait, Duration longest, Supplier<T> read) {
        return answer(wait, longest, () -> {}, read);
    }

    private CompletionStage<Optional<Job>> answer(
            UUID id, CompletableFuture<Void> wait, Duration longest, Runnable over) {
        return answer(wait, longest, over, () -> queries.find(id));
    }

    private <T> CompletionStage<T> answer(
            CompletableFuture<Void> wait, Duration longest, Runnable over, Supplier<T> read) {
        Long number = numbers.incrementAndGet();
        waiting.put(number, wait);
        CompletableFuture<T> answer = wait.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> {
                    waiting.remove(number);
                    over.run();
                })
                .thenApplyAsync(done -> read.get(), executor);
        if (released) {
            wait.complete(null);
        }
        return answer;
    }
}
