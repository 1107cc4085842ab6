package io.longhaul.jobs.unreadable;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.UnreadableStatements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Ends jobs whose params cannot be read because they are too large or their row is damaged. A claim takes many jobs
 * in one statement, so one such job would keep all others from being claimed.
 */
public final class UnreadableJobs {
    /** As many as a claim reads. */
    private static final int MAX_HEADS = 500;

    /** Longer messages only repeat themselves. */
    private static final int MAX_REASON = 300;

    private final Jdbi jdbi;
    private final JobSignals signals;

    public UnreadableJobs(Jdbi jdbi, JobSignals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    /**
     * Ends the jobs that made a claim fail. Returns true if there were any, so that the claim may succeed now.
     *
     * @param tools the tools of the claim
     * @param failure of the claim
     */
    public boolean end(Collection<String> tools, RuntimeException failure) {
        if (!isCausedByARow(failure)) {
            return false;
        }
        String[] names = tools.toArray(String[]::new);
        List<UUID> done = new ArrayList<>();
        for (UUID job : jdbi.withExtension(UnreadableStatements.class, u -> u.heads(names, MAX_HEADS))) {
            String why = whyUnreadable(job);
            if (why != null && jdbi.withExtension(UnreadableStatements.class, u -> u.fail(job, why)) > 0) {
                done.add(job);
            }
        }
        if (!done.isEmpty()) {
            signals.ended(done);
        }
        return !done.isEmpty();
    }

    private String whyUnreadable(UUID job) {
        long maxBytes = Claims.LARGEST * Claims.BYTES;
        try {
            return jdbi.withExtension(UnreadableStatements.class, u -> u.isTooLarge(job, maxBytes))
                    ? "The params are larger than the " + maxBytes
                            + " bytes that a worker of this memory reads, their numbers written"
                            + " out: submit the job again with less, or with large data as a file."
                    : null;
        } catch (JdbiException e) {
            if (!isCausedByARow(e)) {
                throw e;
            }
            String reason = sqlState(e).getMessage();
            return "The params cannot be read from the database: "
                    + reason.substring(0, Math.min(reason.length(), MAX_REASON))
                    + ". Submit the job again; if others end like this, check the database for damage.";
        }
    }

    /** Data (22), memory (53200), sizes (54), damaged pages and rows (XX, 58). */
    public static boolean isCausedByARow(RuntimeException failure) {
        SQLException cause = sqlState(failure);
        return cause != null && cause.getSQLState().matches("22...|53200|54...|XX...|58...");
    }

    private static SQLException sqlState(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException e && e.getSQLState() != null) {
                return e;
            }
        }
        return null;
    }
}
