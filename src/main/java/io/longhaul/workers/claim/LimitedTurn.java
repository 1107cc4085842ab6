package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.workers.run.Attempts;
import java.time.Duration;
import java.util.List;

/** The claim of the tools that are limited across nodes. */
final class LimitedTurn implements ClaimTurn {
    private final LimitedTools tools;
    private final UnlimitedTurn unlimited;
    private boolean full;

    LimitedTurn(LimitedTools tools, UnlimitedTurn unlimited) {
        this.tools = tools;
        this.unlimited = unlimited;
    }

    @Override
    public Offer offer(Attempts attempts) {
        full = false;
        // Limited tools are never claimed ahead. Asks for at least one slot, because short jobs that were claimed ahead
        // can otherwise keep all slots busy.
        int free = Math.max(attempts.executions().freeSlots(), unlimited.claimsAhead() ? 1 : 0);
        return free <= 0 ? Offer.NONE : Offer.of(free, tools.list(), attempts);
    }

    @Override
    public List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts) {
        List<ClaimedJob> jobs = tools.claim(nodeId, offer.limit(), tool -> offer.free(tool.name()));
        full = jobs.size() == offer.limit();
        return jobs;
    }

    @Override
    public Duration rest() {
        return full ? Duration.ZERO : tools.untilNext();
    }
}
