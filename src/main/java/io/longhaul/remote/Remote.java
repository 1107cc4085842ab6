package io.longhaul.remote;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.chains.UnreadableJobs;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.WorkerConfiguration;
import io.longhaul.workers.Workers;
import io.longhaul.workers.claim.LimitedTools;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** What a node does for workers elsewhere. Any node may be asked; what they hold is in the database. */
public final class Remote {
    private final RemoteConfiguration configuration;
    private final RemoteWorkers workers;
    private final RemoteTools tools;
    private final ClaimWaits claims;
    private final StopWaits stops;
    private final RemoteAttempts attempts;
    private final List<Loop> loops;
    private final Telemetry telemetry;

    /**
     * Wires it; it runs from {@link #start} on.
     *
     * @param jdbi the database, over the workers' connections: claims and ends are planned for those
     * @param requests the database, over those of requests
     * @param registry the tools of this node
     * @param configuration how workers are served
     * @param local how this node works itself
     * @param node its workers, for what is joined with theirs
     * @param telemetry told what happens
     * @param signals told the jobs that ended, or went back into the queue; tells of jobs to claim and of cancelled ones
     */
    public Remote(
            Jdbi jdbi,
            Jdbi requests,
            ToolRegistry registry,
            RemoteConfiguration configuration,
            WorkerConfiguration local,
            Workers node,
            Telemetry telemetry,
            JobSignals signals) {
        this.configuration = configuration;
        this.telemetry = telemetry;
        LimitedTools limited = new LimitedTools(jdbi, registry, tool -> tool.isRemote(), local.poll());
        this.workers = new RemoteWorkers(requests, configuration, telemetry);
        this.tools = new RemoteTools(requests, registry);
        this.claims = new ClaimWaits(
                jdbi,
                new RemoteClaims(jdbi, limited, local.timeout(), new UnreadableJobs(jdbi, signals)),
                limited,
                new RunningShow(jdbi),
                configuration.lease(),
                local.poll(),
                telemetry);
        this.stops = new StopWaits(requests, configuration.lease(), signals);
        RemoteEnds ends = new RemoteEnds(jdbi, telemetry, job -> ended(job, node, signals));
        this.attempts = new RemoteAttempts(requests, registry, ends, telemetry);
        Overdue overdue = new Overdue(
                jdbi,
                registry,
                ends,
                local.timeout(),
                () -> node.pendingWork().shows(PendingWork.Seen::remoteAttempts),
                stops::overdue);
        node.housekeeping().add(Overdue.TASK, overdue::step);
        signals.onClaimable(claims::wakeUp);
        signals.onCancelled(stops::cancelled);
        Loop claiming = new Loop("remote-claims", telemetry::loopFailed, claims::step);
        Loop stopping = new Loop("remote-stops", telemetry::loopFailed, stops::step);
        claims.wakeBy(claiming::wakeUp);
        stops.wakeBy(stopping::wakeUp);
        this.loops = List.of(
                claiming,
                stopping,
                new Loop(
                        "remote-tools",
                        telemetry::loopFailed,
                        () -> tools.step(() -> node.pendingWork().shows(PendingWork.Seen::remoteTools))));
    }

    private void ended(ClaimedJob job, Workers node, JobSignals signals) {
        if (job.concurrencyKey() != null) {
            node.keysWaiting(List.of(job.concurrencyKey()));
        }
        claims.freed();
        signals.ended(List.of(job.lease().jobId()));
    }

    /**
     * Gives workers time to come back if no node was there for a while. To be called before this node rescues jobs; without a
     * database nothing happens, for then rescuers wait by themselves.
     */
    public void awaitWorkers() {
        try {
            workers.renewAfterOutage();
        } catch (RuntimeException e) {
            telemetry.loopFailed("remote-workers", 1, e);
        }
    }

    /** Begins to serve. */
    public void start() {
        loops.forEach(Loop::start);
    }

    /** Answers all who wait, now and from now on: they ask another node. */
    public void release() {
        claims.release();
        stops.release();
    }

    /** Ends its threads. */
    public void stop() {
        loops.forEach(Loop::stop);
    }

    /**
     * How workers are served.
     *
     * @return as configured
     */
    public RemoteConfiguration configuration() {
        return configuration;
    }

    /**
     * The workers.
     *
     * @return known by their tokens
     */
    public RemoteWorkers workers() {
        return workers;
    }

    /**
     * Tools that workers bring along.
     *
     * @return as stored
     */
    public RemoteTools tools() {
        return tools;
    }

    /**
     * Claims.
     *
     * @return those that wait
     */
    public ClaimWaits claims() {
        return claims;
    }

    /**
     * Heartbeats.
     *
     * @return those that wait
     */
    public StopWaits stops() {
        return stops;
    }

    /**
     * Attempts.
     *
     * @return what is told of them
     */
    public RemoteAttempts attempts() {
        return attempts;
    }
}
