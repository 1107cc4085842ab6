package io.longhaul.workers;

import io.longhaul.jobs.Attached;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobTransitions;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Claims jobs whenever there are free slots, and hands them on. Polling is the truth; notifications only save waiting. */
final class Dispatcher {
    /** Larger statements gain nothing, and hold their rows longer. */
    private static final int MAX_CLAIM = 500;

    private static final int MAX_RELEASE = 500;

    private final Attached<JobTransitions> transitions;
    private final List<RegisteredTool> unlimited;
    private final LimitedTools limited;
    private final Executions executions;
    private final Supplier<OptionalLong> node;
    private final BooleanSupplier mayClaim;
    private final Duration poll;
    private final Facts facts;
    private final Consumer<ClaimedJob> start;
    private long nextReleaseNanos = System.nanoTime();
    private boolean limitedFirst;

    Dispatcher(
            Jdbi jdbi,
            ToolRegistry tools,
            LimitedTools limited,
            Executions executions,
            Supplier<OptionalLong> node,
            BooleanSupplier mayClaim,
            Duration poll,
            Facts facts,
            Consumer<ClaimedJob> start) {
        this.transitions = new Attached<>(jdbi, JobTransitions.class);
        this.unlimited = tools.list().stream()
                .filter(tool -> !tool.policy().limits().acrossNodes())
                .toList();
        this.limited = limited;
        this.executions = executions;
        this.node = node;
        this.mayClaim = mayClaim;
        this.poll = poll;
        this.facts = facts;
        this.start = start;
    }

    /** A step of the loop. */
    Duration dispatch() {
        OptionalLong nodeId = node.get();
        int free = Math.min(MAX_CLAIM, executions.freeSlots());
        if (!mayClaim.getAsBoolean() || nodeId.isEmpty() || free == 0) {
            return poll;
        }
        releaseDelayed();
        int taken = claimAll(nodeId.getAsLong(), free);
        // A full claim means there is more; otherwise the next change of the queue wakes this loop.
        return taken == free ? Duration.ZERO : limited.any() ? limited.untilNext() : poll;
    }

    // In turns, so that neither kind of tools takes all slots for as long as its jobs wait.
    private int claimAll(long nodeId, int free) {
        if (!limited.any()) {
            return start(claim(nodeId, free));
        }
        limitedFirst = !limitedFirst;
        int first = start(limitedFirst ? claimLimited(nodeId, free) : claim(nodeId, free));
        int left = free - first;
        return first + (left == 0 ? 0 : start(limitedFirst ? claim(nodeId, left) : claimLimited(nodeId, left)));
    }

    private int start(List<ClaimedJob> jobs) {
        jobs.forEach(start);
        return jobs.size();
    }

    private List<ClaimedJob> claimLimited(long nodeId, int free) {
        Map<String, Long> running = executions.perTool();
        return limited.claim(nodeId, free, tool -> room(tool, running, free));
    }

    // Once a poll interval, not at every claim: delays are counted in seconds, claims in thousands a second.
    private void releaseDelayed() {
        if (System.nanoTime() - nextReleaseNanos < 0) {
            return;
        }
        int released = transitions.with(t -> t.releaseDelayed(MAX_RELEASE));
        if (released < MAX_RELEASE) {
            nextReleaseNanos = System.nanoTime() + poll.toNanos() / 2;
        }
    }

    private List<ClaimedJob> claim(long nodeId, int free) {
        Offer offer = offer(free);
        if (offer.tools().isEmpty()) {
            return List.of();
        }
        long begin = System.nanoTime();
        List<ClaimedJob> jobs = transitions.with(t -> t.claim(
                nodeId,
                offer.tools().toArray(String[]::new),
                offer.maxLosses().toArray(Integer[]::new),
                offer.free().toArray(Integer[]::new),
                free));
        facts.claimed(jobs.size(), Duration.ofNanos(System.nanoTime() - begin));
        return jobs;
    }

    private record Offer(List<String> tools, List<Integer> maxLosses, List<Integer> free) {}

    private Offer offer(int free) {
        Map<String, Long> running = executions.perTool();
        Offer offer = new Offer(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (RegisteredTool tool : unlimited) {
            int room = room(tool, running, free);
            if (room > 0) {
                offer.tools().add(tool.name());
                offer.maxLosses().add(Losses.allowed(tool.policy()));
                offer.free().add(room);
            }
        }
        return offer;
    }

    private static int room(RegisteredTool tool, Map<String, Long> running, int free) {
        Integer most = tool.policy().concurrency();
        return most == null
                ? free
                : Math.min(free, most - running.getOrDefault(tool.name(), 0L).intValue());
    }
}
