package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claims;
import java.util.List;

/**
 * What a node has room for.
 *
 * @param limit how many jobs in all
 * @param whole whether no tool had to be left out or cut short
 * @param tools names
 * @param maxLosses of each, how often a lost worker is replaced
 * @param free of each, how many jobs
 */
public record Offer(int limit, boolean whole, List<String> tools, List<Integer> maxLosses, List<Integer> free) {
    /** As text params are at least so large, beside what is stored: numbers take more room there, long texts less. */
    private static final long TEXT_BYTES = Claims.BYTES / 8;

    /** Whether all that there was room for was taken, so that there may be more. */
    public boolean filledBy(List<ClaimedJob> jobs) {
        return jobs.size() == limit
                || jobs.stream().mapToLong(job -> job.params().length()).sum() >= TEXT_BYTES;
    }
}
