package io.longhaul.jobs.intake;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.JobInserts;
import io.longhaul.jobs.sql.JobQueries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Commits batches, jobs that wait for others, jobs with files and runs of schedules, each in its own transaction.
 * Plain submissions take {@link GroupCommit}. Any number of jobs is written by one statement.
 */
public final class JointCommit {
    private final Jdbi jdbi;
    private final CertainCommit certain;
    private final JobSignals signals;
    private final IntakeHints hints;
    private final InputFiles files;

    public JointCommit(Jdbi jdbi, JobSignals signals) {
        this(jdbi, signals, IntakeHints.NONE, FilesTaken.NONE);
    }

    public JointCommit(Jdbi jdbi, JobSignals signals, IntakeHints hints, FilesTaken files) {
        this.files = new InputFiles(files);
        this.jdbi = jdbi;
        this.certain = new CertainCommit(jdbi);
        this.signals = signals;
        this.hints = hints;
    }

    /**
     * The result of a submission; one of the two is null.
     *
     * @param submitted the job
     * @param rejected the reason of the rejection
     */
    public record Result(Submitted submitted, SubmissionRejected rejected) {}

    /**
     * The results of several submissions.
     *
     * @param stored false if nothing was stored because one was rejected
     * @param results one for each, in order; if nothing was stored, only the rejected ones have a meaning
     */
    public record Answer(boolean stored, List<Result> results) {}

    /** Rolls the transaction back. */
    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RolledBack() {
            super("rolled back", null, false, false);
        }
    }

    /** True if the group commit cannot store this submission. */
    boolean isNeededFor(Submission submission) {
        return !submission.extras().after().isEmpty() || files.any(submission);
    }

    /**
     * Commits checked submissions.
     *
     * @param batch their batch, or null
     * @param allOrNone true if one rejected submission keeps the others from being stored
     */
    public Answer commit(List<Submission> submissions, UUID batch, boolean allOrNone) {
        List<NewJob> jobs = submissions.stream()
                .map(s -> NewJob.of(batch == null ? s : s.with(s.extras().but(extras -> extras.batchId = batch))))
                .toList();
        Result[] results = new Result[jobs.size()];
        certain.write(jobs.stream().map(NewJob::id).toList(), () -> {
            writeAndCommit(jobs, batch, allOrNone, results);
            return Map.of();
        });
        boolean stored = !allOrNone || !anyRejected(results);
        if (stored) {
            tell(submissions);
            signals.stored(stored(results));
        }
        return new Answer(stored, Arrays.asList(results));
    }

    /**
     * Fills the results in before the commit: if it is in doubt and the jobs turn out to be stored, they are right. A
     * repetition that comes no further leaves them alone, because it may have met the rows of the first write.
     */
    private void writeAndCommit(List<NewJob> jobs, UUID batch, boolean allOrNone, Result[] results) {
        try {
            jdbi.useTransaction(handle -> {
                Result[] written = write(handle, jobs, batch, allOrNone);
                System.arraycopy(written, 0, results, 0, written.length);
                if (allOrNone && anyRejected(results)) {
                    throw new RolledBack();
                }
            });
        } catch (RolledBack e) {
            // Intended: the results say why.
            return;
        }
    }

    /**
     * Stores plain submissions in the caller's transaction, who calls {@link #committed} after it.
     *
     * @param submissions checked, without idempotency keys and predecessors
     */
    public List<Job> write(Handle handle, List<Submission> submissions) {
        List<NewJob> jobs = submissions.stream().map(NewJob::of).toList();
        Map<UUID, JobInserts.Accepted> rows = NewJobs.insert(handle.attach(NewJobs.Statements.class), hints, jobs);
        handle.afterCommit(() -> signals.stored(jobs.size()));
        // If a file is missing, the tool reports it.
        files.give(handle, jobs, files.unknown(handle, submissions));
        return jobs.stream().map(job -> job.accepted(rows.get(job.id()))).toList();
    }

    public void committed() {
        signals.ready();
    }

    private void tell(List<Submission> submissions) {
        NewJobs.tellKeys(hints, submissions.stream());
        signals.ready();
        Set<UUID> predecessors = predecessors(submissions.stream());
        if (!predecessors.isEmpty()) {
            signals.awaited(predecessors);
        }
    }

    private static int stored(Result[] results) {
        return (int) Arrays.stream(results)
                .filter(result ->
                        result.rejected() == null && !result.submitted().replayed())
                .count();
    }

    private static Set<UUID> predecessors(java.util.stream.Stream<Submission> submissions) {
        return submissions.flatMap(s -> s.extras().after().stream()).collect(Collectors.toSet());
    }

    private static boolean anyRejected(Result[] results) {
        return Arrays.stream(results).anyMatch(result -> result.rejected() != null);
    }

    private Result[] write(Handle handle, List<NewJob> jobs, UUID batch, boolean allOrNone) {
        Result[] results = new Result[jobs.size()];
        rejectUnknownPredecessors(handle, jobs, results);
        rejectUnknownFiles(handle, jobs, results);
        acceptReplays(handle, jobs, results);
        List<NewJob> left = IntStream.range(0, jobs.size())
                .filter(i -> results[i] == null)
                .mapToObj(jobs::get)
                .toList();
        Map<UUID, JobInserts.Accepted> rows = NewJobs.insert(handle.attach(NewJobs.Statements.class), hints, left);
        List<NewJob> made =
                left.stream().filter(job -> rows.containsKey(job.id())).toList();
        NewJobs.await(handle, made);
        files.give(handle, made, Set.of());
        if (batch != null && !made.isEmpty()) {
            handle.attach(BatchTransitions.class).create(batch, made.size());
        }
        answer(handle, jobs, rows, results);
        if (allOrNone) {
            nameOwnKeys(jobs, rows, results);
        }
        return results;
    }

    private static void rejectUnknownPredecessors(Handle handle, List<NewJob> jobs, Result[] results) {
        Set<UUID> named = predecessors(jobs.stream().map(NewJob::submission));
        if (named.isEmpty()) {
            return;
        }
        Set<UUID> unknown = new HashSet<>(handle.attach(ChainTransitions.class).unknown(named.toArray(UUID[]::new)));
        for (int i = 0; i < results.length; i++) {
            List<UUID> after = jobs.get(i).submission().extras().after();
            if (after.stream().anyMatch(unknown::contains)) {
                results[i] = new Result(null, SubmissionRejected.unknownPredecessor(after, unknown));
            }
        }
    }

    private void rejectUnknownFiles(Handle handle, List<NewJob> jobs, Result[] results) {
        Set<UUID> unknown =
                files.unknown(handle, jobs.stream().map(NewJob::submission).toList());
        for (int i = 0; i < results.length; i++) {
            SubmissionRejected rejected = files.rejection(jobs.get(i).submission(), unknown);
            results[i] = results[i] == null && rejected != null ? new Result(null, rejected) : results[i];
        }
    }

    /** A submission that was accepted before gets its job, also if what it names was removed since. */
    private static void acceptReplays(Handle handle, List<NewJob> jobs, Result[] results) {
        List<NewJob> rejected = IntStream.range(0, results.length)
                .filter(i -> results[i] != null && jobs.get(i).submission().idempotencyKey() != null)
                .mapToObj(jobs::get)
                .toList();
        Map<UUID, Result> replayed = replays(handle, rejected);
        for (int i = 0; i < results.length; i++) {
            Result known = replayed.get(jobs.get(i).id());
            results[i] = known != null && known.submitted() != null ? known : results[i];
        }
    }

    private static void answer(
            Handle handle, List<NewJob> jobs, Map<UUID, JobInserts.Accepted> rows, Result[] results) {
        List<NewJob> taken = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            JobInserts.Accepted row = rows.get(jobs.get(i).id());
            if (row != null) {
                results[i] = new Result(new Submitted(jobs.get(i).accepted(row), false), null);
            } else if (results[i] == null) {
                taken.add(jobs.get(i));
            }
        }
        Map<UUID, Result> replayed = replays(handle, taken);
        for (int i = 0; i < results.length; i++) {
            results[i] = results[i] == null ? replayed.get(jobs.get(i).id()) : results[i];
        }
    }

    /**
     * The client cannot be told the id of another job of the batch that has the same key, because that job is not
     * stored.
     */
    private static void nameOwnKeys(List<NewJob> jobs, Map<UUID, JobInserts.Accepted> rows, Result[] results) {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < results.length; i++) {
            String key = jobs.get(i).submission().idempotencyKey();
            SubmissionRejected rejected = results[i].rejected();
            if (key != null && rows.containsKey(jobs.get(i).id())) {
                first.put(key, i);
            } else if (rejected != null
                    && rejected.reason() == SubmissionRejected.Reason.IDEMPOTENCY_KEY_REUSED
                    && first.containsKey(key)) {
                results[i] = new Result(null, SubmissionRejected.keyTwiceInBatch(first.get(key)));
            }
        }
    }

    private static Map<UUID, Result> replays(Handle handle, List<NewJob> jobs) {
        String[] keys =
                jobs.stream().map(job -> job.submission().idempotencyKey()).toArray(String[]::new);
        Map<UUID, Result> results = new HashMap<>();
        if (keys.length > 0) {
            JobQueries queries = handle.attach(JobQueries.class);
            Map<String, JobQueries.Keyed> earlier =
                    queries.byKeys(keys).stream().collect(Collectors.toMap(JobQueries.Keyed::key, Function.identity()));
            jobs.forEach(job -> results.put(
                    job.id(), replay(queries, job, earlier.get(job.submission().idempotencyKey()))));
        }
        return results;
    }

    private static Result replay(JobQueries queries, NewJob job, JobQueries.Keyed earlier) {
        if (earlier != null && !earlier.hash().equals(job.hash())) {
            return new Result(null, SubmissionRejected.keyReused(earlier.id()));
        }
        return (earlier == null ? java.util.Optional.<Job>empty() : queries.find(earlier.id()))
                // Its own id: the first write of this submission was still under way when it was repeated.
                .map(found -> new Result(new Submitted(found, !found.id().equals(job.id())), null))
                // The job was deleted between two statements, so its key is free again.
                .orElseGet(() -> new Result(null, SubmissionRejected.keyJustFreed()));
    }
}
