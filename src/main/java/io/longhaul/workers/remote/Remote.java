package io.longhaul.workers.remote;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.loops.Loop;
import io.longhaul.questions.Asking;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.Workers;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;

/**
 * The parts of a node that serve remote workers. Any node may serve any worker; the jobs that workers hold are in the
 * database.
 */
public final class Remote {
    private final RemoteConfiguration configuration;
    private final RemoteWorkers remoteWorkers;
    private final RemoteTools tools;
    private final ClaimWaits claims;
    private final StopWaits stops;
    private final AnswerWaits answers;
    private final RemoteAttempts attempts;
    private final List<Loop> loops;
    private final Telemetry telemetry;

    /**
     * Makes the parts; they run from {@link #start} on.
     *
     * @param node this node, with connections of the workers: claims and ends are planned for those
     * @param requests the database, over connections of requests
     * @param workers the workers of this node, for limits and tasks that are shared with theirs
     */
    public Remote(Node node, Jdbi requests, ToolRegistry registry, RemoteConfiguration configuration, Workers workers) {
        JobSignals signals = node.signals();
        this.telemetry = node.telemetry();
        this.configuration = configuration;
        this.remoteWorkers = new RemoteWorkers(requests, configuration, telemetry);
        this.tools = new RemoteTools(requests, registry);
        this.claims =
                new ClaimWaits(node, new RemoteClaims(node, registry, workers.configuration()), configuration.lease());
        this.stops = new StopWaits(requests, configuration.lease(), signals);
        this.answers = new AnswerWaits(new Asking(requests));
        RemoteEnds ends = new RemoteEnds(node.jdbi(), telemetry, job -> ended(job, workers, signals));
        this.attempts = new RemoteAttempts(requests, registry, ends, telemetry);
        Overdue overdue = new Overdue(node, registry, ends, stops, workers);
        workers.housekeeping().add(Overdue.TASK, overdue::step);
        this.loops = List.of(
                new Loop("remote-claims", claims.due(), telemetry::loopFailed, claims::step),
                new Loop("remote-stops", stops.due(), telemetry::loopFailed, stops::step),
                new Loop("remote-answers", answers.due(), telemetry::loopFailed, answers::step),
                new Loop("remote-tools", telemetry::loopFailed, () -> tools.step(workers.pendingWork())));
    }

    private void ended(ClaimedJob job, Workers workers, JobSignals signals) {
        if (job.concurrencyKey() != null) {
            workers.keysWaiting(List.of(job.concurrencyKey()));
        }
        claims.freed();
        signals.ended(List.of(job.lease().jobId()));
    }

    /** Lets waiting requests claim soon, because there may be jobs to claim. */
    public void claimSoon() {
        claims.wakeUp();
    }

    /** Tells workers to stop their attempts at cancelled jobs. */
    public void stopCancelled(Collection<UUID> jobs) {
        stops.cancelled(jobs);
    }

    /** Tells workers that questions of their jobs were answered. */
    public void answered(Collection<UUID> jobs) {
        answers.answered(jobs);
    }

    /**
     * Gives workers time to come back if no node was there for a while. To be called before this node rescues jobs.
     * Without a database nothing happens, because then rescuers wait by themselves.
     */
    public void awaitWorkers() {
        try {
            remoteWorkers.renewAfterOutage();
        } catch (RuntimeException e) {
            telemetry.loopFailed("remote-workers", 1, e);
        }
    }

    public void start() {
        loops.forEach(Loop::start);
    }

    /** Answers all waiting requests, now and from now on: workers go to another node. */
    public void release() {
        claims.release();
        stops.release();
        answers.release();
    }

    /** Waits until a question is answered or its time is over; the answer is empty if neither came within the wait. */
    public CompletableFuture<Optional<StoredQuestion>> awaitAnswer(StoredQuestion question, Duration longest) {
        return answers.await(question, longest);
    }

    public void stop() {
        loops.forEach(Loop::stop);
    }

    public RemoteConfiguration configuration() {
        return configuration;
    }

    public RemoteWorkers workers() {
        return remoteWorkers;
    }

    public RemoteTools tools() {
        return tools;
    }

    public ClaimWaits claims() {
        return claims;
    }

    public StopWaits stops() {
        return stops;
    }

    public RemoteAttempts attempts() {
        return attempts;
    }
}
