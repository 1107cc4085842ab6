package io.longhaul.jobs.reasons;

import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.Waiting.Reason;
import io.longhaul.jobs.sql.WaitingQueries.ShortFacts;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.settings.ToolLimits;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The reason of one of many waiting jobs, in a few words. The longer sentences of {@link WaitingReasons} tell more. */
final class ShortReasons {
    /** Running jobs of a tool are counted up to this; a tool with a higher limit is not said to be full. */
    static final int LEASES = 1_000;

    private final ShortFacts facts;
    private final Optional<RegisteredTool> tool;

    ShortReasons(ShortFacts facts, Optional<RegisteredTool> tool) {
        this.facts = facts;
        this.tool = tool;
    }

    /** The reasons are looked at in the order of the longer sentences. */
    Waiting reason() {
        if (!facts.expiresAt().isAfter(facts.readAt())) {
            return WaitingReasons.plain(Reason.EXPIRED, "it expired before it began");
        }
        if (facts.awaits() > 0) {
            return predecessors();
        }
        if (facts.delayed() && facts.runAt() != null) {
            return forItsTime();
        }
        if (facts.pausedAt() != null) {
            return WaitingReasons.plain(
                    Reason.TOOL_PAUSED,
                    "its tool is paused" + (facts.pauseReason() == null ? "" : ": " + facts.pauseReason()));
        }
        if (facts.offering() == 0) {
            return noNode();
        }
        return facts.delayed() ? key() : limit().or(this::rate).orElseGet(ShortReasons::inLine);
    }

    private Waiting predecessors() {
        if (facts.predecessor() == null) {
            return WaitingReasons.plain(
                    Reason.PREDECESSORS, "after " + (facts.awaits() == 1 ? "1 job" : facts.awaits() + " jobs"));
        }
        String more = facts.awaits() == 1 ? "" : " and " + (facts.awaits() - 1) + " more";
        return naming(Reason.PREDECESSORS, "after job " + facts.predecessor() + more, facts.predecessor());
    }

    /** The time itself stands beside the words, so that it can be told as a distance. */
    private Waiting forItsTime() {
        Instant at = facts.runAt();
        if (!at.isAfter(facts.readAt())) {
            return WaitingReasons.plain(Reason.QUEUE, "about to enter the queue");
        }
        return facts.errorCode() == null
                ? new Waiting(Reason.RUN_AT, "begins", at, List.of())
                : new Waiting(Reason.RETRY, "next attempt after " + facts.errorCode(), at, List.of());
    }

    private Waiting noNode() {
        if (facts.live() == 0) {
            return WaitingReasons.plain(Reason.TOOL_NOT_OFFERED, "no node is alive");
        }
        boolean isRemote = tool.filter(RegisteredTool::isRemote).isPresent();
        if (facts.idle() > 0 && !isRemote) {
            return WaitingReasons.plain(
                    Reason.NODES_DRAINING, "no node that takes jobs has its tool: others drain, or have no slots");
        }
        return WaitingReasons.plain(
                Reason.TOOL_NOT_OFFERED, "no live " + (isRemote ? "worker" : "node") + " has its tool");
    }

    private Waiting key() {
        String name = "key \"" + facts.concurrencyKey() + "\"";
        return facts.keyHolder() == null
                ? WaitingReasons.plain(Reason.CONCURRENCY_KEY, "in the line for a place of " + name)
                : naming(Reason.CONCURRENCY_KEY, name + " is held by job " + facts.keyHolder(), facts.keyHolder());
    }

    private Optional<Waiting> limit() {
        Integer most =
                tool.map(known -> known.policy().limits().clusterConcurrency()).orElse(null);
        if (most == null || facts.running() < most) {
            return Optional.empty();
        }
        String taken =
                most == 1 ? "the only place of its tool is taken" : "all " + most + " places of its tool are taken";
        return Optional.of(
                facts.holder() == null
                        ? WaitingReasons.plain(Reason.TOOL_LIMIT, taken)
                        : naming(
                                Reason.TOOL_LIMIT,
                                taken + (most == 1 ? " by job " : ", one by job ") + facts.holder(),
                                facts.holder()));
    }

    private Optional<Waiting> rate() {
        ToolLimits limits = tool.map(known -> known.policy().limits()).orElse(null);
        if (limits == null || limits.rate() == null || facts.tokens() == null) {
            return Optional.empty();
        }
        double now = Math.min(
                limits.rate().burst(), facts.tokens() + limits.rate().perSecond() * Math.max(0, facts.tokenAge()));
        return now >= 1
                ? Optional.empty()
                : Optional.of(WaitingReasons.plain(Reason.RATE_LIMIT, "the rate of its tool is used up"));
    }

    private static Waiting inLine() {
        return WaitingReasons.plain(Reason.QUEUE, "waits for a free slot");
    }

    private static Waiting naming(Reason reason, String message, UUID job) {
        return new Waiting(reason, message, null, List.of(job));
    }
}
