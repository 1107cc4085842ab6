package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.workers.run.Attempts;
import java.time.Duration;
import java.util.List;

/** Claims of one kind of tools: those limited across nodes, or all others. */
public interface ClaimTurn {
    /** The room for jobs of these tools now; an empty offer asks for no claim. */
    Offer offer(Attempts attempts);

    /** Claims what was offered. */
    List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts);

    /** The wait until the next turn, after the last offer and its claim. */
    Duration rest();
}
