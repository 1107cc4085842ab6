package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.unreadable.UnreadableJobs;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.ClaimPlan;
import io.longhaul.workers.claim.DelayedJobs;
import io.longhaul.workers.claim.Offer;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.run.Attempts;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Claims jobs whenever there are free slots, and begins them. Polling is the truth; notifications only save waiting. */
final class Dispatcher {
    private final Node node;
    private final ToolRegistry tools;
    private final ClaimPlan plan;
    private final DelayedJobs delayed;
    private final Attempts attempts;
    private final UnreadableJobs unreadable;

    Dispatcher(Node node, ToolRegistry tools, ClaimPlan plan, Attempts attempts) {
        this.node = node;
        this.tools = tools;
        this.plan = plan;
        this.delayed = new DelayedJobs(node, plan.poll());
        this.attempts = attempts;
        this.unreadable = new UnreadableJobs(node.jdbi(), node.signals());
    }

    /** A step of the loop. */
    Duration dispatch() {
        OptionalLong nodeId = node.state().id();
        if (!node.state().mayClaim() || nodeId.isEmpty()) {
            return plan.poll();
        }
        delayed.release();
        if (attempts.executions().isFullOfParams()) {
            plan.lookAgain();
            return plan.poll();
        }
        try {
            for (ClaimPlan.Turn turn : plan.turns()) {
                Offer offer = turn.offer(attempts);
                if (!offer.isEmpty()) {
                    begin(claim(nodeId.getAsLong(), turn, offer));
                }
            }
            return plan.rest();
        } catch (RuntimeException e) {
            plan.lookAgain();
            if (unreadable.end(tools.names(), e)) {
                return Duration.ZERO;
            }
            throw e;
        }
    }

    private List<ClaimedJob> claim(long nodeId, ClaimPlan.Turn turn, Offer offer) {
        long begin = System.nanoTime();
        List<ClaimedJob> jobs = turn.claim(nodeId, offer, attempts);
        node.telemetry().claimed(jobs.size(), Duration.ofNanos(System.nanoTime() - begin));
        plan.claimed(turn, jobs);
        return jobs;
    }

    private void begin(List<ClaimedJob> jobs) {
        try {
            plan.noteVersions(jobs);
        } catch (RuntimeException e) {
            // This node holds the jobs by now, so they are begun all the same.
            node.telemetry().loopFailed("dispatcher", 1, e);
        }
        attempts.begin(jobs);
    }
}
