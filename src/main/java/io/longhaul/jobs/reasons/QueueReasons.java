package io.longhaul.jobs.reasons;

import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.Waiting.Reason;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.jobs.sql.WaitingQueries;
import io.longhaul.jobs.sql.WaitingQueries.Facts;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.settings.ToolLimits;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Reasons of a job that could begin, but for other jobs. */
final class QueueReasons {
    /** Larger numbers of jobs are not counted. */
    static final int COUNTED = 1_000;

    /** Number of leases among which those of a tool are looked for. */
    private static final int LEASES = 10_000;

    private final Handle handle;
    private final WaitingQueries queries;
    private final Facts facts;
    private final String principal;

    QueueReasons(Handle handle, Facts facts, String principal) {
        this.handle = handle;
        this.queries = handle.attach(WaitingQueries.class);
        this.facts = facts;
        this.principal = principal;
    }

    /** The reason of a job that waits outside for a place of its concurrency key. */
    Waiting outsideKey(Optional<RegisteredTool> tool) {
        String key = facts.concurrencyKey();
        int places = tool.map(t -> t.policy().limits().keyConcurrency()).orElse(1);
        int inside = queries.insideKey(key, COUNTED);
        int ahead = queries.aheadOutsideKey(key, facts.priority(), facts.queueSeq(), COUNTED + 1);
        String name = "concurrency key \"" + key + "\"";
        if (inside < places) {
            String before = ahead == 0 ? "about to get a place" : "in the line for a place";
            return WaitingReasons.plain(
                    Reason.CONCURRENCY_KEY,
                    "It is " + before + " of " + name + ReasonWords.ahead(ahead, COUNTED) + ".");
        }
        List<UUID> known = queries.holdersOfKey(key, principal, WaitingReasons.NAMED);
        return new Waiting(
                Reason.CONCURRENCY_KEY,
                ReasonWords.taken(places, name, inside, known) + ReasonWords.ahead(ahead, COUNTED) + ".",
                null,
                known);
    }

    /** The reason of a job in the queue. */
    Waiting inQueue(Optional<RegisteredTool> tool) {
        int ahead = queries.ahead(facts.tool(), facts.priority(), facts.queueSeq(), COUNTED + 1);
        return tool.flatMap(t -> limit(t, ahead)).orElseGet(() -> inLine(ahead));
    }

    private Optional<Waiting> limit(RegisteredTool tool, int ahead) {
        ToolLimits limits = tool.policy().limits();
        Integer most = limits.clusterConcurrency();
        if (most != null) {
            int running = queries.runningOfLimited(facts.tool(), most);
            if (running >= most) {
                return Optional.of(taken(Reason.TOOL_LIMIT, most, running, ahead));
            }
        }
        if (limits.rate() != null) {
            long millis = queries.millisToNextToken(
                            facts.tool(),
                            limits.rate().perSecond(),
                            limits.rate().burst())
                    .orElse(0L);
            if (millis > 0) {
                return Optional.of(byRate(millis, ahead));
            }
        }
        return byNode(tool, ahead);
    }

    private Waiting byRate(long millis, int ahead) {
        Instant next = facts.readAt().plusMillis(millis);
        return new Waiting(
                Reason.RATE_LIMIT,
                "The rate of tool \"%s\" lets the next job begin at %s%s."
                        .formatted(
                                facts.tool(),
                                ReasonWords.time(next.plusMillis(999)),
                                ReasonWords.ahead(ahead, COUNTED)),
                next,
                List.of());
    }

    private Optional<Waiting> byNode(RegisteredTool tool, int ahead) {
        Integer perNode = tool.policy().concurrency();
        if (perNode == null || tool.isRemote()) {
            return Optional.empty();
        }
        int places = (int) Math.min(LEASES, (long) perNode * facts.offering());
        int running = handle.attach(QueueDepth.class).running(facts.tool(), LEASES);
        return running >= places ? Optional.of(taken(Reason.NODE_LIMIT, places, running, ahead)) : Optional.empty();
    }

    private Waiting taken(Reason reason, int places, int running, int ahead) {
        List<UUID> known = queries.holdersOfTool(facts.tool(), principal, LEASES, WaitingReasons.NAMED);
        String of = "tool \"%s\" on %s"
                .formatted(facts.tool(), reason == Reason.TOOL_LIMIT ? "all nodes together" : offering());
        return new Waiting(
                reason,
                ReasonWords.taken(places, of, running, known) + ReasonWords.ahead(ahead, COUNTED) + ".",
                null,
                known);
    }

    private String offering() {
        return facts.offering() > 1
                ? "the " + facts.offering() + " nodes that have it"
                : facts.names().size() == 1 ? "node " + facts.names().get(0) : "the only node that has it";
    }

    private Waiting inLine(int ahead) {
        return WaitingReasons.plain(
                Reason.QUEUE,
                ahead == 0
                        ? "It is the next job of tool \"" + facts.tool() + "\", and waits for a free slot of a node."
                        : capital(ReasonWords.count(ahead, COUNTED)) + " ahead of it in the queue of tool \""
                                + facts.tool() + "\".");
    }

    private static String capital(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
