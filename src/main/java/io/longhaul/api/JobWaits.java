package io.longhaul.api;

import io.longhaul.events.JobEnds;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobQueries;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Requests that wait for the end of a job. A waiting request holds neither a thread nor a connection to the database. */
public final class JobWaits {
    private final JobQueries queries;
    private final JobEnds ends;
    private final Executor executor;
    private final ConcurrentMap<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean released;

    /**
     * Wires it.
     *
     * @param queries reads jobs
     * @param ends tells when jobs end
     * @param executor reads the jobs whose wait is over and writes the answers; a few threads do
     */
    public JobWaits(JobQueries queries, JobEnds ends, Executor executor) {
        this.queries = queries;
        this.ends = ends;
        this.executor = executor;
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
        Long number = numbers.incrementAndGet();
        waiting.put(number, wait);
        CompletableFuture<Optional<Job>> answer = wait.completeOnTimeout(
                        null, longest.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(number))
                .thenApplyAsync(done -> queries.find(id), executor);
        // It may have ended before the wait began; then nobody tells.
        if (released || hasEnded(id)) {
            wait.complete(null);
        }
        return answer;
    }

    private boolean hasEnded(UUID id) {
        return queries.find(id).map(job -> job.status().isFinal()).orElse(true);
    }
}
