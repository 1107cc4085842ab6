package io.longhaul.jobs.chains;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobError;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.intake.FilesShown;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.InputFiles;
import io.longhaul.jobs.intake.References;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.HeldJobs;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.jobs.unreadable.UnreadableJobs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Releases jobs whose predecessors have ended, or cancels them. Several nodes may do so at once. */
public final class Chains {
    /** The name under which rows are set aside. */
    public static final String TASK = "chain";

    private static final Logger LOG = LoggerFactory.getLogger(Chains.class);
    private static final UUID FIRST = new UUID(0, 0);
    private static final int PAGE = 500;

    /** Whoever holds a row may do so for long. Until then nothing waits for it: what is held is asked for first. */
    private static final Duration ASKING = Duration.ofMinutes(1);

    private final Jdbi jdbi;
    private final SubmissionCheck check;
    private final int maxParamsBytes;
    private final InputFiles files;

    private volatile long askUntilNanos = System.nanoTime();

    public Chains(Jdbi jdbi, SubmissionCheck check, int maxParamsBytes) {
        this(jdbi, check, maxParamsBytes, FilesTaken.NONE, FilesShown.ALL);
    }

    /**
     * Releases jobs.
     *
     * @param check checks params after the results are put in
     * @param maxParamsBytes largest size of the params after that
     * @param files finds the uploaded files that the params then name
     * @param shown selects those that a result may name in a job of its principal
     */
    public Chains(Jdbi jdbi, SubmissionCheck check, int maxParamsBytes, FilesTaken files, FilesShown shown) {
        this.files = new InputFiles(files, shown);
        this.jdbi = jdbi;
        this.check = check;
        this.maxParamsBytes = maxParamsBytes;
    }

    /**
     * The jobs that changed.
     *
     * @param released jobs that may run now or at their time
     * @param ended jobs that will never run
     * @param refused jobs that the database does not let change; they are set aside for a while
     */
    public record Settled(List<UUID> released, List<UUID> ended, List<Refused> refused) {
        Settled() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /** A job whose row cannot be changed, and why. */
    public record Refused(UUID job, RuntimeException failure) {}

    /**
     * A page of the jobs that others wait for.
     *
     * @param ended those that have ended
     * @param next start of the next page, or null after the last one
     * @param empty true if no job waits for another
     */
    public record Page(List<UUID> ended, UUID next, boolean empty) {}

    /**
     * Looks for ended jobs that others wait for.
     *
     * @param from {@link Page#next} of the previous page, or null for the first
     */
    public Page look(UUID from, int limit) {
        List<ChainTransitions.Awaited> page =
                jdbi.withExtension(ChainTransitions.class, c -> c.awaited(from == null ? FIRST : from, limit));
        List<UUID> ended = page.stream()
                .filter(ChainTransitions.Awaited::ended)
                .map(ChainTransitions.Awaited::id)
                .toList();
        UUID next = page.size() < limit ? null : page.get(limit - 1).id();
        return new Page(ended, next, from == null && page.isEmpty());
    }

    /**
     * Settles the jobs that wait for these, and those that wait for jobs cancelled by that. Jobs that have not
     * ended change nothing.
     */
    public Settled settle(Collection<UUID> mayHaveEnded) {
        Settled all = new Settled();
        Deque<UUID> todo = new ArrayDeque<>(awaited(mayHaveEnded));
        while (!todo.isEmpty()) {
            Settled some = settleAfter(todo.poll());
            all.released().addAll(some.released());
            all.ended().addAll(some.ended());
            all.refused().addAll(some.refused());
            todo.addAll(awaited(some.ended()));
        }
        return all;
    }

    private List<UUID> awaited(Collection<UUID> jobs) {
        UUID[] ids = jobs.toArray(UUID[]::new);
        return ids.length == 0 ? List.of() : jdbi.withExtension(ChainTransitions.class, c -> c.endedAndAwaited(ids));
    }

    private Settled settleAfter(UUID job) {
        Settled all = new Settled();
        List<UUID> page;
        UUID from = FIRST;
        do {
            UUID after = from;
            page = jdbi.withExtension(ChainTransitions.class, c -> c.waitingFor(job, after, PAGE));
            if (!page.isEmpty()) {
                settlePage(page, all);
                from = page.get(page.size() - 1);
            }
        } while (page.size() == PAGE);
        return all;
    }

    /** A row that the database does not let change, or that others hold, must not hold up the others of its page. */
    private void settlePage(List<UUID> page, Settled all) {
        List<UUID> some = System.nanoTime() - askUntilNanos < 0 ? free(page) : page;
        try {
            settleTogether(some, all);
        } catch (RuntimeException e) {
            if (!mayLieInARow(e)) {
                throw e;
            }
            settleAround(some, DatabaseFault.of(e) == DatabaseFault.BUSY, all);
        }
    }

    private void settleAround(List<UUID> page, boolean held, Settled all) {
        if (held) {
            askUntilNanos = System.nanoTime() + ASKING.toNanos();
        }
        List<UUID> free = held ? free(page) : page;
        if (free.size() < page.size()) {
            settlePage(free, all);
        } else {
            page.forEach(job -> settleApart(job, all));
        }
    }

    /** Those whose rows no other transaction holds. A sweep tries the others again. */
    private List<UUID> free(List<UUID> page) {
        Set<UUID> held = HeldJobs.among(page.toArray(UUID[]::new), jdbi);
        return page.stream().filter(job -> !held.contains(job)).toList();
    }

    private static boolean mayLieInARow(RuntimeException failure) {
        DatabaseFault fault = DatabaseFault.of(failure);
        return fault.refuses() || fault == DatabaseFault.BUSY;
    }

    private void settleApart(UUID job, Settled all) {
        try {
            settleTogether(List.of(job), all);
        } catch (RuntimeException e) {
            if (!mayLieInARow(e)) {
                throw e;
            }
            if (!DatabaseFault.of(e).refuses()) {
                // A sweep tries it again.
                return;
            }
            jdbi.useExtension(
                    Quarantine.class,
                    q -> q.add(TASK, job, DatabaseFault.root(e).getMessage()));
            all.refused().add(new Refused(job, e));
        }
    }

    private void settleTogether(List<UUID> jobs, Settled all) {
        if (jobs.isEmpty()) {
            return;
        }
        UUID[] ids = jobs.toArray(UUID[]::new);
        List<ChainTransitions.Standing> refer = jdbi.inTransaction(handle -> settle(handle, ids, all));
        refer.forEach(one -> settleOrLeave(one, all));
    }

    /** Settles all except those that refer to results, which it returns. */
    private static List<ChainTransitions.Standing> settle(Handle handle, UUID[] ids, Settled all) {
        ChainTransitions transitions = handle.attach(ChainTransitions.class);
        UUID[] waiting = transitions.lockWaiting(ids).toArray(UUID[]::new);
        if (waiting.length < ids.length) {
            transitions.forgetEnded(ids);
        }
        List<ChainTransitions.Standing> refer = new ArrayList<>();
        DecisionBatch verdicts = new DecisionBatch();
        for (ChainTransitions.Standing standing : transitions.standings(waiting)) {
            if (standing.refers()) {
                refer.add(standing);
            } else {
                judge(standing, verdicts);
            }
        }
        write(verdicts, transitions, all);
        return refer;
    }

    private static void write(DecisionBatch verdicts, ChainTransitions transitions, Settled all) {
        verdicts.write(transitions);
        all.released().addAll(verdicts.released());
        all.ended().addAll(verdicts.ended());
    }

    private static void judge(ChainTransitions.Standing standing, DecisionBatch verdicts) {
        if (standing.broken() != null) {
            verdicts.end(standing.id(), JobStatus.CANCELLED, JobError.PREDECESSOR_FAILED.name(), standing.broken());
        } else if (standing.open() > 0) {
            verdicts.crossOff(standing);
        } else {
            verdicts.release(standing.id(), null);
        }
    }

    /** Whatever a job's params and results do to this node, the jobs behind it are settled; a sweep tries it again. */
    private void settleOrLeave(ChainTransitions.Standing standing, Settled all) {
        try {
            settleWithResults(standing, all);
        } catch (JdbiException e) {
            // Without the database none can be settled.
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            LOG.error("The results that job {} waits for could not be put into its params", standing.id(), e);
        }
    }

    /** One at a time: params and results are large, and a job whose results cannot be read must not block others. */
    private void settleWithResults(ChainTransitions.Standing standing, Settled all) {
        try {
            jdbi.useTransaction(handle -> settleAlone(handle, standing, all, this::putResultsIn));
        } catch (JdbiException e) {
            if (!UnreadableJobs.isCausedByARow(e)) {
                throw e;
            }
            jdbi.useTransaction(handle -> settleAlone(
                    handle,
                    standing,
                    all,
                    (same, one, verdicts) -> unresolved(
                            one,
                            verdicts,
                            "The results that the params name cannot be read"
                                    + " from the database, or not be put in: name smaller parts of them.")));
        }
    }

    private interface Judgement {
        void make(Handle handle, ChainTransitions.Standing standing, DecisionBatch verdicts);
    }

    private static void settleAlone(
            Handle handle, ChainTransitions.Standing standing, Settled all, Judgement judgement) {
        ChainTransitions transitions = handle.attach(ChainTransitions.class);
        // A job that no longer waits was settled by another node.
        if (!transitions.lockWaiting(new UUID[] {standing.id()}).isEmpty()) {
            DecisionBatch verdicts = new DecisionBatch();
            judgement.make(handle, standing, verdicts);
            write(verdicts, transitions, all);
        }
    }

    private void putResultsIn(Handle handle, ChainTransitions.Standing standing, DecisionBatch verdicts) {
        try {
            NamedResults results = new NamedResults(handle.attach(ChainTransitions.class), maxParamsBytes);
            String params = results.params(standing.id());
            Map<References.LeftFile, UUID> left = InputFiles.left(handle, params);
            Submission resolved =
                    submission(standing, resolved(params, new References.Values(results.of(params), left), results));
            check.check(resolved);
            files.give(handle, standing.id(), resolved, left.values());
            verdicts.release(standing.id(), resolved.params());
        } catch (References.Unresolved e) {
            unresolved(standing, verdicts, e.getMessage());
        } catch (SubmissionRejected e) {
            // Another node that has the tool will check the params.
            if (e.reason() != SubmissionRejected.Reason.UNKNOWN_TOOL) {
                verdicts.end(standing.id(), JobStatus.FAILED, "INVALID_PARAMS", e.getMessage());
            }
        }
    }

    private static void unresolved(ChainTransitions.Standing standing, DecisionBatch verdicts, String why) {
        verdicts.end(standing.id(), JobStatus.FAILED, JobError.INVALID_REFERENCE.name(), why);
    }

    private String resolved(String params, References.Values values, NamedResults results)
            throws References.Unresolved {
        String resolved = References.resolve(params, values);
        if (resolved.getBytes(StandardCharsets.UTF_8).length > maxParamsBytes) {
            throw results.tooLarge();
        }
        return resolved;
    }

    private static Submission submission(ChainTransitions.Standing standing, String params) {
        return new Submission(standing.tool(), params, "", Duration.ZERO, 0, null, null, null, null)
                .ownedBy(standing.principal());
    }
}
