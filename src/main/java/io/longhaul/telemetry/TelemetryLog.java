package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Makes log lines of events. */
public final class TelemetryLog implements Telemetry {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.workers");

    /** A logger of its own, so that busy systems can leave its lines out. */
    private static final Logger ENDS = LoggerFactory.getLogger("longhaul.jobs");

    @Override
    public void nodeRegistered(long nodeId, String name) {
        LOG.info("This node is {} ({})", name, nodeId);
    }

    private final Predicate<Throwable> explained;

    /** Logs every failure. */
    public TelemetryLog() {
        this(failure -> false);
    }

    /** Leaves out failures whose cause the log says already. */
    public TelemetryLog(Predicate<Throwable> explained) {
        this.explained = explained;
    }

    @Override
    public void nodeLost(long nodeId, boolean silent) {
        if (!silent) {
            LOG.warn(
                    "The registration of node {} is gone: another node gave it up for dead while it could not reach the"
                            + " database for longer than its lease, or a rollback or a restore removed it. Its jobs are stopped here, and it registers anew.",
                    nodeId);
            return;
        }
        LOG.warn(
                "Node {} was silent for longer than its lease and was given up for dead: its jobs are stopped here,"
                        + " and it registers anew. Look for pauses of the machine or the database; raise workers.lease if they are usual.",
                nodeId);
    }

    @Override
    public void stored(int jobs) {
        LOG.debug("Stored {} jobs", jobs);
    }

    @Override
    public void claimed(int jobs, Duration took) {
        LOG.debug("Claimed {} jobs in {} ms", jobs, took.toMillis());
    }

    @Override
    public void started(ClaimedJob job) {
        LOG.debug(
                "Job {} of {} begins attempt {}",
                job.lease().jobId(),
                job.tool(),
                job.lease().attempt());
    }

    @Override
    public void ended(AttemptEnd end) {
        if (ENDS.isInfoEnabled()) {
            EndLine.log(ENDS, end);
        }
    }

    @Override
    public void wrote(int outcomes, Duration took) {
        LOG.debug("Wrote {} outcomes in {} ms", outcomes, took.toMillis());
    }

    @Override
    public void leaseLost(Lease lease) {
        of(lease, LOG.atInfo())
                .log(
                        "Attempt {} of job {} is not this node's any more: its outcome is dropped",
                        lease.attempt(),
                        lease.jobId());
    }

    @Override
    public void stopped(Lease lease, StopReason reason) {
        of(lease, LOG.atInfo())
                .log("Attempt {} of job {} was stopped: {}", lease.attempt(), lease.jobId(), words(reason));
    }

    private static LoggingEventBuilder of(Lease lease, LoggingEventBuilder line) {
        return line.addKeyValue("job_id", lease.jobId()).addKeyValue("attempt", lease.attempt());
    }

    private static String words(StopReason reason) {
        return switch (reason) {
            case CANCELLED -> "its job was cancelled";
            case LEASE_LOST -> "its lease was lost, so the job is another node's or has ended";
            case TIMEOUT -> "its time was over";
            case DRAINING -> "this node stops";
            case WAITS_FOR_INPUT -> "it waits for input";
        };
    }

    @Override
    public void abandoned(Lease lease, String tool) {
        of(lease, LOG.atError())
                .addKeyValue("tool", tool)
                .log(
                        "Tool {} goes on with job {} although it was told to stop: its slot is free for others, its thread is"
                                + " left behind, and what it answers is dropped. The tool must react to interruption.",
                        tool,
                        lease.jobId());
    }

    @Override
    public void barred(String tool, long calls) {
        LOG.error(
                "Tool {} has left {} calls behind that do not stop: this node claims no more of its jobs until some of"
                        + " them have come back. A restart of the node ends them.",
                tool,
                calls);
    }

    @Override
    public void cameBack(Lease lease, String tool) {
        of(lease, LOG.atInfo())
                .addKeyValue("tool", tool)
                .log("Tool {} has stopped its work on job {} at last; its answer is dropped", tool, lease.jobId());
    }

    @Override
    public void rescued(Collection<UUID> jobs) {
        LOG.warn(
                "Took {} from nodes that were lost: {}",
                count(jobs.size(), "job"),
                jobs.stream().limit(10).toList());
    }

    @Override
    public void expired(Collection<UUID> jobs) {
        LOG.warn(
                "{} expired before a worker began: {}",
                count(jobs.size(), "job"),
                jobs.stream().limit(10).toList());
    }

    @Override
    public void removed(int jobs) {
        LOG.info("Removed {}", count(jobs, "expired job"));
    }

    @Override
    public void quarantined(String task, UUID row, Throwable failure) {
        LOG.atError()
                .addKeyValue("task", task)
                .log(
                        "{} cannot be done for row {}, which is left aside for a while; the others go on: {}",
                        task,
                        row,
                        reason(failure));
    }

    @Override
    public void operationEnded(UUID operation, String what, String state, OperationCounts jobs) {
        LOG.info(
                "The {} {} is {}: of {} jobs {} were changed, {} needed no change, {} could not be changed",
                what,
                operation,
                state,
                jobs.matched(),
                jobs.done(),
                jobs.skipped(),
                jobs.failed());
    }

    @Override
    public void loopFailed(String loop, int inARow, Throwable failure) {
        if (explained.test(failure)) {
            LOG.debug("{} waits", loop, failure);
            return;
        }
        // The first failure in a row and then fewer and fewer: an outage must not fill the disk.
        if (Integer.bitCount(inARow) == 1) {
            String times = inARow == 1 ? "once" : inARow + " times in a row";
            LOG.warn("{} failed {} and goes on trying: {}", loop, times, reason(failure));
            LOG.debug("{} failed", loop, failure);
        }
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        // The end of a stream has no words of its own.
        while (root.getCause() != null
                && (root.getMessage() == null || root.getCause().getMessage() != null)) {
            root = root.getCause();
        }
        // PostgreSQL repeats position and detail on further lines.
        String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return root.getClass().getSimpleName() + ": " + message;
    }
}
