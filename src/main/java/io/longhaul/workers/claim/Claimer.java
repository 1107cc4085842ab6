package io.longhaul.workers.claim;

import io.longhaul.database.PinnedConnection;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.TransactionLocks;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Claims the jobs that a node has room for, by the statement that currently costs least. For one thread. */
public final class Claimer {
    /** SQLSTATE for a lock that could not be had in time. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final PinnedConnection<JobTransitions> transitions;
    private final ClaimStartPoints startPoints = new ClaimStartPoints();
    private final ClaimSerialization serialization;

    /** True if the last claim found jobs of at most one tool: then most likely so will the next. */
    private boolean oneTool = true;

    private interface Claim {
        Claimed of(Claims claims);
    }

    public Claimer(PinnedConnection<JobTransitions> transitions) {
        this(transitions, new ClaimSerialization());
    }

    /** For tests: with a serialization of the caller's. */
    public Claimer(PinnedConnection<JobTransitions> transitions, ClaimSerialization serialization) {
        this.transitions = transitions;
        this.serialization = serialization;
    }

    /** Learns that jobs are back in their positions. */
    public void returned(List<ClaimedJob> jobs) {
        startPoints.lower(jobs);
    }

    /** Claims jobs, but none of those held. */
    public Claimed claim(long nodeId, Offer offer, UUID[] held) {
        long begin = System.nanoTime();
        Claim claim = startPoints.apply(begin)
                ? claims -> claimFrom(claims, nodeId, offer, held)
                : claims -> claimFromFront(claims, nodeId, offer, held);
        Claimed jobs = serialization.apply(offer, begin) ? inTurn(claim) : transitions.with(claim::of);
        serialization.learn(jobs, System.nanoTime());
        oneTool = jobs.stream().map(ClaimedJob::tool).distinct().count() <= 1;
        return jobs;
    }

    private Claimed inTurn(Claim claim) {
        try {
            return transitions.with(t -> t.inTransaction(claims -> {
                TransactionLocks.of(claims.getHandle()).claims();
                return claim.of(claims);
            }));
        } catch (UnableToExecuteStatementException e) {
            if (!(e.getCause() instanceof SQLException cause) || !LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
                throw e;
            }
            // A node that was stopped in the middle of its turn must not stop the others.
            serialization.refused();
            return transitions.with(claim::of);
        }
    }

    private Claimed claimFromFront(Claims claims, long nodeId, Offer offer, UUID[] held) {
        long begin = System.nanoTime();
        String[] names = offer.tools().toArray(String[]::new);
        Integer[] maxLosses = offer.maxLosses().toArray(Integer[]::new);
        Integer[] free = offer.free().toArray(Integer[]::new);
        Claimed jobs = oneTool
                ? claims.claimAlone(nodeId, names, maxLosses, free, offer.limit(), Claims.BYTES, held)
                : claims.claim(nodeId, names, maxLosses, free, offer.limit(), Claims.BYTES, held);
        long end = System.nanoTime();
        startPoints.looked(offer, jobs, Duration.ofNanos(end - begin), end);
        return jobs;
    }

    private Claimed claimFrom(Claims claims, long nodeId, Offer offer, UUID[] held) {
        ClaimStartPoints.Columns columns = startPoints.columns(offer.tools());
        Claimed jobs = claims.claimFrom(
                nodeId,
                offer.tools().toArray(String[]::new),
                offer.maxLosses().toArray(Integer[]::new),
                offer.free().toArray(Integer[]::new),
                offer.limit(),
                Claims.BYTES,
                held,
                columns.queues().toArray(String[]::new),
                columns.priorities().toArray(Integer[]::new),
                columns.starts().toArray(Long[]::new));
        startPoints.followed(jobs, System.nanoTime());
        return jobs;
    }
}
