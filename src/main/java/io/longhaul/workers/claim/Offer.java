package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.workers.run.Attempts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The jobs that a node has room for.
 *
 * @param limit the most jobs in all
 * @param whole true if no tool had to be left out or cut short
 * @param tools names
 * @param maxLosses for each tool, how often a lost worker is replaced
 * @param free for each tool, the most jobs
 */
public record Offer(int limit, boolean whole, List<String> tools, List<Integer> maxLosses, List<Integer> free) {
    static final Offer NONE = new Offer(0, false, List.of(), List.of(), List.of());

    /**
     * A claim is full if its params have this many characters. It is less than the limit on stored bytes, because
     * numbers take more room in the database and long texts less.
     */
    private static final long TEXT_BYTES = Claims.BYTES / 8;

    /** Offers room to those of these tools that are not barred and below their own limits on this node. */
    static Offer of(int limit, List<RegisteredTool> tools, Attempts attempts) {
        Map<String, Long> held = attempts.executions().perTool();
        List<String> names = new ArrayList<>();
        List<Integer> maxLosses = new ArrayList<>();
        List<Integer> free = new ArrayList<>();
        boolean whole = limit > 0;
        for (RegisteredTool tool : tools) {
            // Held jobs count even if they wait for a slot: so the limit holds for a tool that is claimed ahead.
            long own = held.getOrDefault(tool.name(), 0L);
            int room = attempts.leftBehind().bars(tool.name()) ? 0 : room(tool, own, limit);
            whole &= room == limit;
            if (room > 0) {
                names.add(tool.name());
                maxLosses.add(tool.policy().allowedLosses());
                free.add(room);
            }
        }
        return new Offer(limit, whole, names, maxLosses, free);
    }

    private static int room(RegisteredTool tool, long held, int limit) {
        Integer most = tool.policy().concurrency();
        return most == null ? limit : Math.min(limit, most - (int) held);
    }

    public boolean isEmpty() {
        return limit == 0;
    }

    /** The most jobs of a tool, 0 if it is not among those offered. */
    int free(String tool) {
        int at = tools.indexOf(tool);
        return at < 0 ? 0 : free.get(at);
    }

    /** True if the room is used up, so that there may be more jobs. */
    public boolean filledBy(List<ClaimedJob> jobs) {
        return jobs.size() == limit
                || jobs.stream().mapToLong(job -> job.params().length()).sum() >= TEXT_BYTES;
    }
}
