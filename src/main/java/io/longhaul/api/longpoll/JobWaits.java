package io.longhaul.api.longpoll;

import io.longhaul.events.JobEnds;
import io.longhaul.events.JobFollower;
import io.longhaul.events.JobStates;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.time.Duration;
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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that wait for the end of a job or batch. A waiting request holds neither a thread nor a database connection. */
public final class JobWaits {
    private static final Logger LOG = LoggerFactory.getLogger(JobWaits.class);

    private final JobQueries queries;
    private final JobEnds ends;
    private final JobStates states;
    private final Executor executor;
    private final ConcurrentMap<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean released;

    /**
     * Waits end by these signals.
     *
     * @param executor reads the jobs whose wait is over and writes the answers; a few threads are enough
     */
    public JobWaits(JobQueries queries, JobEnds ends, JobStates states, Executor executor) {
        this.queries = queries;
        this.ends = ends;
        this.states = states;
        this.executor = executor;
    }

    /** The number of requests that wait on this node. */
    public int waiting() {
        return waiting.size();
    }

    /** Ends all waits, now and later ones at once, for a node that stops. Requests are answered with their job's state. */
    public void release() {
        released = true;
        waiting.values().forEach(wait -> wait.complete(null));
    }

    /**
     * Waits for a job's end.
     *
     * @param longest after this the job is returned as it is
     * @return empty if the job no longer exists
     */
    public CompletionStage<Optional<Job>> untilEnd(UUID id, Duration longest) {
        return until(ends.whenEnded(id), longest, () -> queries.find(id));
    }

    /**
     * Waits for the end of a job that has just been stored. A failed wait must not look like a failed submit.
     *
     * @param longest after this the job is returned as it is
     * @return the job as it is now, or as it was stored if it cannot be read
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
     * Waits until a job differs from the state that the client knows.
     *
     * @param longest after this the job is returned as it is
     * @return empty if the job no longer exists
     */
    public CompletionStage<Optional<Job>> untilChange(JobState seen, Duration longest) {
        ChangeWait change = new ChangeWait(seen);
        CompletionStage<Optional<Job>> answer = until(change.done, longest, () -> queries.find(seen.id()));
        states.add(change);
        var unused = change.done.whenComplete((done, failure) -> states.remove(change));
        return answer;
    }

    /** Reads something once a wait has completed, or after the longest time. */
    public <T> CompletionStage<T> until(CompletableFuture<Void> wait, Duration longest, Supplier<T> read) {
        Long number = numbers.incrementAndGet();
        waiting.put(number, wait);
        CompletableFuture<T> answer = wait.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(number))
                .thenApplyAsync(done -> read.get(), executor);
        if (released) {
            wait.complete(null);
        }
        return answer;
    }

    /** Completes when the job differs from the state seen. */
    private static final class ChangeWait implements JobFollower {
        private final JobState seen;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        ChangeWait(JobState seen) {
            this.seen = seen;
        }

        @Override
        public UUID job() {
            return seen.id();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public long after() {
            return NO_LINES;
        }

        @Override
        public boolean wantsJob(JobState state) {
            return false;
        }

        @Override
        public void tell(JobState state, Job job, List<LogLine> lines, boolean more) {
            if (!seen.equals(state)) {
                done.complete(null);
            }
        }
    }
}
