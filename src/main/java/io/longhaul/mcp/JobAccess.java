package io.longhaul.mcp;

import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.events.JobStates;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.mcp.protocol.RpcError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Reads and cancels jobs for callers, each of whom sees only the jobs that it may see. */
final class JobAccess {
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int LONGEST_SHOWN = 100;

    private final JobQueries queries;
    private final Cancellation cancellation;
    private final AbandonedCalls abandoned;
    private final McpServer.JobEvents events;

    JobAccess(JobQueries queries, Cancellation cancellation, McpServer.JobEvents events) {
        this.queries = queries;
        this.cancellation = cancellation;
        this.abandoned = new AbandonedCalls(cancellation);
        this.events = events;
    }

    /** Runs work that must not block the threads of streams and loops. */
    void later(Runnable work) {
        events.executor().execute(work);
    }

    /** Runs such work after a time. */
    void later(Duration time, Runnable work) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, events.executor())
                .execute(work);
    }

    Executor executor() {
        return events.executor();
    }

    /** With the reason if it waits, for a reader who may see the jobs of all or only those of the job's owner. */
    Optional<Job> find(UUID id) {
        return queries.find(id)
                .map(job -> events.reasons().explained(job, job.extras().principal()));
    }

    JobQueries queries() {
        return queries;
    }

    /** Calls whose clients have closed their streams. */
    AbandonedCalls abandoned() {
        return abandoned;
    }

    JobStates watch() {
        return events.watch();
    }

    /** A job that the caller may see. To others it is not found, as if it did not exist. */
    Job find(String id, Caller caller) {
        return parse(id)
                .flatMap(queries::find)
                .filter(caller::sees)
                .map(job -> events.reasons().explained(job, caller.seesAll() ? null : caller.name()))
                .orElseThrow(() -> notFound(id));
    }

    static Optional<UUID> parse(String id) {
        return ID.matcher(id).matches() ? Optional.of(UUID.fromString(id)) : Optional.empty();
    }

    static RpcError notFound(String id) {
        String shown = id.length() > LONGEST_SHOWN ? id.substring(0, LONGEST_SHOWN) + "..." : id;
        return new RpcError(
                RpcError.INVALID_PARAMS,
                "Task not found: there is no job " + shown + ", or no longer; ended ones are removed in time.");
    }

    /**
     * Cancels a job.
     *
     * @return false if the job had already ended
     */
    boolean cancel(String id, Caller caller) {
        caller.require(Role.SUBMIT);
        Job job = find(id, caller);
        if (!caller.mayChange(job)) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Job " + job.id() + " is another's: only its submitter and operators cancel it.");
        }
        return !job.status().isFinal() && cancel(job.id());
    }

    boolean cancel(UUID id) {
        return cancellation
                .cancel(id)
                .filter(Cancellation.Answer.CANCELLED::equals)
                .isPresent();
    }

    /** The jobs that the caller may see, the newest first, without large params and results. */
    List<Job> page(Caller caller, JobFilter.Position after, int limit) {
        JobFilter filter = caller.visible(JobFilter.ALL).after(after);
        return queries.page(filter.conditions(), filter.order().sql(), filter.values(), false, false, limit, 0);
    }

    /** The newest jobs of the caller's own, without results; of one tool, or of all if that is null. */
    List<Job> newestOf(Caller caller, String tool, int limit) {
        JobFilter filter = JobFilter.ALL.by(JobFilter.By.TOOL, tool).by(JobFilter.By.PRINCIPAL, caller.name());
        return queries.page(filter.conditions(), filter.order().sql(), filter.values(), true, false, limit, 0).stream()
                .filter(caller::sees)
                .toList();
    }

    /** The job at its end, or after a time if it has not ended; empty if it was deleted. */
    CompletionStage<Optional<Job>> untilEnd(UUID id, Duration longest) {
        return events.ends()
                .whenEnded(id)
                .completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS)
                .thenApplyAsync(done -> queries.find(id), events.executor());
    }
}
