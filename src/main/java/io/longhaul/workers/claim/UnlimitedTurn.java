package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.run.Attempts;
import io.longhaul.workers.run.Executions;
import java.time.Duration;
import java.util.List;

/** The claim of the tools without a limit across nodes: one statement for all, also ahead of free slots. */
final class UnlimitedTurn implements ClaimTurn {
    /** Larger statements gain nothing, and hold their rows longer. */
    private static final int MAX_CLAIM = 500;

    private final Claimer claimer;
    private final ToolRegistry registry;
    private final Duration poll;
    private final ClaimAhead claimAhead = new ClaimAhead();
    private List<RegisteredTool> allTools = List.of();
    private List<RegisteredTool> tools = List.of();
    private volatile boolean mayBeMore = true;
    private long claimedNanos = System.nanoTime();
    private int ahead;
    private Duration rest;

    UnlimitedTurn(Claimer claimer, ToolRegistry registry, Duration poll) {
        this.claimer = claimer;
        this.registry = registry;
        this.poll = poll;
        this.rest = poll;
    }

    void lookAgain() {
        mayBeMore = true;
    }

    void ended(Duration took) {
        claimAhead.ended(took);
    }

    void returned(List<ClaimedJob> jobs) {
        claimAhead.disappointed();
        claimer.returned(jobs);
        mayBeMore = true;
    }

    /** True if the last offer asked for more jobs than there were free slots. */
    boolean claimsAhead() {
        return ahead > 0;
    }

    @Override
    public Offer offer(Attempts attempts) {
        Duration untilDue = Duration.ofNanos(claimedNanos + poll.toNanos() - System.nanoTime());
        if (!mayBeMore && !untilDue.isNegative()) {
            rest = untilDue;
            return Offer.NONE;
        }
        rest = poll;
        Offer offer = Offer.of(limit(attempts.executions()), tools(), attempts);
        return offer.tools().isEmpty() ? Offer.NONE : offer;
    }

    private int limit(Executions executions) {
        ahead = claimAhead.jobs(executions.slots() - executions.longRunning(ClaimAhead.HORIZON));
        // Jobs are claimed ahead in halves, so that each statement takes many.
        executions.wakeAt(ahead == 0 ? executions.slots() - 1 : executions.slots() + ahead / 2);
        // Only now, so that no end goes unnoticed between the look and the wake-up mark.
        int free = executions.freeSlots();
        boolean worthIt = free > 0 || free + ahead >= Math.max(1, ahead / 2);
        return worthIt ? Math.min(MAX_CLAIM, free + ahead) : 0;
    }

    @Override
    public List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts) {
        mayBeMore = false;
        claimedNanos = System.nanoTime();
        Claimed jobs = claimer.claim(nodeId, offer, attempts.inHand());
        // After a full claim there is more, and so there may be after one that another node crossed; otherwise the next
        // change of the queue wakes the loop.
        boolean more = offer.filledBy(jobs) || jobs.isContested();
        if (more || !offer.whole()) {
            mayBeMore = true;
        }
        rest = more ? Duration.ZERO : poll;
        return jobs;
    }

    @Override
    public Duration rest() {
        return rest;
    }

    /** Sorted out anew when tools have joined. */
    @SuppressWarnings("ReferenceEquality")
    private List<RegisteredTool> tools() {
        List<RegisteredTool> all = registry.list();
        if (all != allTools) {
            allTools = all;
            tools = all.stream()
                    .filter(tool -> !tool.isRemote() && !tool.policy().limits().acrossNodes())
                    .toList();
        }
        return tools;
    }
}
