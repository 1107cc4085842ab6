package io.longhaul.jobs.reasons;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.Waiting.Reason;
import io.longhaul.jobs.sql.WaitingQueries;
import io.longhaul.jobs.sql.WaitingQueries.Facts;
import io.longhaul.jobs.sql.WaitingQueries.ShortFacts;
import io.longhaul.readiness.Condition;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementException;

/** Says of a pending job why it has not begun. It reads the database only when it is asked, a few bounded statements. */
public final class WaitingReasons {
    /** Number of jobs that a sentence names. */
    static final int NAMED = 3;

    private static final String CANCELED = "57014";

    private final Jdbi jdbi;
    private final ToolRegistry tools;
    private final Supplier<Condition> schema;

    /**
     * Makes it.
     *
     * @param tools the tools of this node, for their limits
     * @param schema the condition of the schema, which also says whether the database takes writes
     */
    public WaitingReasons(Jdbi jdbi, ToolRegistry tools, Supplier<Condition> schema) {
        this.jdbi = jdbi;
        this.tools = tools;
        this.schema = schema;
    }

    /**
     * The job with the reason why it waits; unchanged if it is not pending.
     *
     * @param principal whose jobs the reason may name, or null for those of all
     */
    public Job explained(Job job, String principal) {
        return job.status() == JobStatus.PENDING
                ? reason(job, principal).map(job::waitsBecause).orElse(job)
                : job;
    }

    /**
     * A page of jobs, the pending ones with a short reason, by one statement for all of them; unchanged if that takes too
     * long.
     *
     * @param principal whose jobs the reasons may name, or null for those of all
     */
    public List<Job> explained(List<Job> page, String principal) {
        UUID[] pending = page.stream()
                .filter(job -> job.status() == JobStatus.PENDING)
                .map(Job::id)
                .toArray(UUID[]::new);
        if (pending.length == 0) {
            return page;
        }
        Map<UUID, Waiting> found = shortReasons(pending, principal);
        return page.stream()
                .map(job -> found.containsKey(job.id()) ? job.waitsBecause(found.get(job.id())) : job)
                .toList();
    }

    private Map<UUID, Waiting> shortReasons(UUID[] jobs, String principal) {
        if (Condition.DATABASE_READ_ONLY.equals(schema.get().errorCode())) {
            Waiting readOnly = plain(Reason.DATABASE_READ_ONLY, "the database takes no writes");
            return Arrays.stream(jobs).collect(Collectors.toMap(Function.identity(), job -> readOnly));
        }
        try {
            return jdbi
                    .withExtension(
                            WaitingQueries.class, queries -> queries.shortFacts(jobs, principal, ShortReasons.LEASES))
                    .stream()
                    .collect(Collectors.toMap(
                            ShortFacts::id, facts -> new ShortReasons(facts, tools.find(facts.tool())).reason()));
        } catch (StatementException e) {
            if (isTooSlow(e)) {
                return Map.of();
            }
            throw e;
        }
    }

    private Optional<Waiting> reason(Job job, String principal) {
        Condition condition = schema.get();
        if (!condition.ok()) {
            return Optional.of(unfit(condition));
        }
        try {
            return jdbi.withHandle(handle -> handle.attach(WaitingQueries.class)
                    .facts(job.id())
                    .map(facts -> limited(reason(handle, job.id(), facts, principal), facts)));
        } catch (StatementException e) {
            if (isTooSlow(e)) {
                return Optional.of(new Waiting(
                        Reason.QUEUE,
                        "It waits in the queue of tool \"%s\"; the database was too busy to tell more."
                                .formatted(job.tool()),
                        null,
                        List.of()));
            }
            throw e;
        }
    }

    /** Says until when it may wait. */
    private static Waiting limited(Waiting waiting, Facts facts) {
        return facts.startBy() == null || waiting.reason() == Reason.EXPIRED
                ? waiting
                : new Waiting(
                        waiting.reason(),
                        waiting.message() + " It fails unless it begins by " + ReasonWords.time(facts.startBy()) + ".",
                        waiting.until(),
                        waiting.jobs());
    }

    private static boolean isTooSlow(StatementException failure) {
        return failure.getCause() instanceof SQLException cause && CANCELED.equals(cause.getSQLState());
    }

    private static Waiting unfit(Condition condition) {
        boolean readOnly = Condition.DATABASE_READ_ONLY.equals(condition.errorCode());
        return new Waiting(
                readOnly ? Reason.DATABASE_READ_ONLY : Reason.SCHEMA,
                "No job begins: " + condition.message()
                        + (condition.cure() == null ? "" : " Cure: " + condition.cure()),
                null,
                List.of());
    }

    private Waiting reason(Handle handle, UUID id, Facts facts, String principal) {
        WaitingQueries queries = handle.attach(WaitingQueries.class);
        if (facts.startBy() != null && !facts.startBy().isAfter(facts.readAt())) {
            return plain(
                    Reason.EXPIRED,
                    "It expired at " + ReasonWords.time(facts.startBy())
                            + " before it began, and fails when housekeeping comes to it.");
        }
        if (facts.awaits() > 0) {
            List<UUID> known = queries.predecessors(id, principal, NAMED);
            return new Waiting(
                    Reason.PREDECESSORS,
                    "It waits for the end of " + ReasonWords.jobs(facts.awaits(), known) + ".",
                    null,
                    known);
        }
        if (facts.delayed()
                && facts.runAt() != null
                && facts.question() != null
                && "WAITING_FOR_INPUT".equals(facts.errorCode())) {
            return plain(Reason.INPUT, "It waits for an answer to \"" + facts.question() + "\".");
        }
        if (facts.delayed() && facts.runAt() != null) {
            return forItsTime(facts);
        }
        if (facts.pausedAt() != null) {
            String why = facts.pauseReason() == null ? "" : ": " + facts.pauseReason();
            return plain(
                    Reason.TOOL_PAUSED,
                    "Tool \"%s\" has been paused since %s%s."
                            .formatted(
                                    facts.tool(), ReasonWords.time(facts.pausedAt()), why.replaceFirst("\\.+$", "")));
        }
        Optional<RegisteredTool> tool = tools.find(facts.tool());
        if (facts.offering() == 0) {
            return noNode(queries, facts, tool);
        }
        QueueReasons queue = new QueueReasons(handle, facts, principal);
        return facts.delayed() ? queue.outsideKey(tool) : queue.inQueue(tool);
    }

    private static Waiting forItsTime(Facts facts) {
        String at = ReasonWords.time(facts.runAt());
        if (!facts.runAt().isAfter(facts.readAt())) {
            return plain(Reason.QUEUE, "Its time came at " + at + ": it is about to enter the queue.");
        }
        return facts.failedAttempt() == null
                ? new Waiting(
                        Reason.RUN_AT, "It begins no earlier than " + at + ", its run_at.", facts.runAt(), List.of())
                : new Waiting(
                        Reason.RETRY,
                        "Attempt %d failed with %s (%s); the next begins no earlier than %s."
                                .formatted(
                                        facts.failedAttempt(),
                                        facts.errorCode(),
                                        facts.errorMessage().replaceFirst("\\.+$", ""),
                                        at),
                        facts.runAt(),
                        List.of());
    }

    private static Waiting noNode(WaitingQueries queries, Facts facts, Optional<RegisteredTool> tool) {
        if (facts.live() == 0) {
            return plain(Reason.TOOL_NOT_OFFERED, "No node is alive that could run it" + lastRun(queries, facts));
        }
        if (facts.idle() > 0 && tool.filter(t -> !t.isRemote()).isPresent()) {
            String names = ReasonWords.some(facts.names());
            return plain(
                    Reason.NODES_DRAINING,
                    (facts.idle() == 1 ? "Node " + names + " drains or has" : "Nodes " + names + " drain or have")
                            + " no slots, and no other live node has tool \"" + facts.tool() + "\".");
        }
        if (facts.idle() > 0 && tool.isEmpty()) {
            String names = ReasonWords.some(facts.names());
            return plain(
                    Reason.NODES_DRAINING,
                    "No live node that takes jobs has tool \"" + facts.tool() + "\"; "
                            + (facts.idle() == 1
                                    ? "node " + names + " takes none, because it drains or has"
                                    : "nodes " + names + " take none, because they drain or have")
                            + " no slots.");
        }
        String who = tool.filter(RegisteredTool::isRemote).isPresent() ? "worker" : "node";
        String unknown = tool.isEmpty() ? "No live node knows tool" : "No live " + who + " has tool";
        return plain(Reason.TOOL_NOT_OFFERED, unknown + " \"" + facts.tool() + "\"" + lastRun(queries, facts));
    }

    private static String lastRun(WaitingQueries queries, Facts facts) {
        return queries.lastMinute(facts.tool())
                .map(minute -> "; its last job ended at about " + ReasonWords.time(minute) + ".")
                .orElse(".");
    }

    static Waiting plain(Reason reason, String message) {
        return new Waiting(reason, message, null, List.of());
    }
}
