package io.longhaul.jobs;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Why a pending job has not begun.
 *
 * @param reason the kind of reason
 * @param message one sentence for people
 * @param until when the reason ends by the clock, or null if something else must happen
 * @param jobs the first few of the jobs that it waits for, or that hold what it needs; only those that the reader may see
 */
public record Waiting(Reason reason, String message, Instant until, List<UUID> jobs) {
    /** The kinds of reasons. Their names are the codes that clients see. */
    public enum Reason {
        /** The database takes no writes. */
        DATABASE_READ_ONLY,
        /** The schema of the database is not what this release needs. */
        SCHEMA,
        /** Its time is over; housekeeping is about to fail it. */
        EXPIRED,
        /** Jobs that it runs after have not ended. */
        PREDECESSORS,
        /** Its {@code run_at} is in the future. */
        RUN_AT,
        /** An attempt failed, and the pause before the next one is not over. */
        RETRY,
        /** Its tool has asked something that nobody has answered. */
        INPUT,
        /** Its tool is paused. */
        TOOL_PAUSED,
        /** No live node has its tool. */
        TOOL_NOT_OFFERED,
        /** All live nodes drain, or have no slots. */
        NODES_DRAINING,
        /** Other jobs of its concurrency key come first. */
        CONCURRENCY_KEY,
        /** As many jobs of its tool run on all nodes together as may. */
        TOOL_LIMIT,
        /** As many jobs of its tool began as its rate allows. */
        RATE_LIMIT,
        /** As many jobs of its tool run on each node as may. */
        NODE_LIMIT,
        /** It needs a free slot of a node, and jobs of its tool may be ahead of it. */
        QUEUE
    }

    public Waiting {
        jobs = List.copyOf(jobs);
    }
}
