package io.longhaul.api.batches;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.jobs.intake.CommitUnknownException;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the jobs of one large request in chunks, each in a transaction of its own. Once a chunk is stored, the client must
 * learn its jobs: from then on a failure of the database is reported for each job and not for the request.
 *
 * @param <K> names a job for the receiver of results
 */
final class ChunkedSubmissions<K> {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkedSubmissions.class);

    /** Characters of params in one chunk. */
    private static final int MOST_CHARS = 8 << 20;

    private static final Refusal NOT_STORED = Refusal.of(
            ErrorCode.DATABASE_UNAVAILABLE,
            "The database failed before this job was stored; those that are named as created are. Send this one again.");

    /** Receives one result for each job. */
    interface Results<K> {
        void stored(K key, Submitted submitted);

        void rejected(K key, Refusal refusal);
    }

    /** Makes and checks a submission. */
    interface Source {
        Submission submission() throws SubmissionRejected;
    }

    private record Waiting<K>(K key, Submission submission) {}

    private final Intake intake;
    private final int mostJobs;
    private final Results<K> results;
    private final List<Waiting<K>> waiting = new ArrayList<>();
    private int chars;
    private boolean anyStored;
    private boolean failed;

    ChunkedSubmissions(Intake intake, int mostJobs, Results<K> results) {
        this.intake = intake;
        this.mostJobs = mostJobs;
        this.results = results;
    }

    void add(K key, Source source) {
        if (failed) {
            results.rejected(key, NOT_STORED);
            return;
        }
        try {
            Submission submission = source.submission();
            waiting.add(new Waiting<>(key, submission));
            chars += submission.params().length();
        } catch (SubmissionRejected e) {
            results.rejected(key, Refusal.of(e, null));
        } catch (RefusedException e) {
            results.rejected(key, e.refusal());
        } catch (RuntimeException e) {
            fail(e);
            results.rejected(key, NOT_STORED);
        }
        if (waiting.size() >= mostJobs || chars >= MOST_CHARS) {
            commit();
        }
    }

    void commit() {
        try {
            store();
            anyStored |= !waiting.isEmpty();
        } catch (RuntimeException e) {
            fail(e);
            for (int i = 0; i < waiting.size(); i++) {
                results.rejected(waiting.get(i).key(), refusal(e, i));
            }
        }
        waiting.clear();
        chars = 0;
    }

    private void store() {
        List<JointCommit.Result> made = waiting.isEmpty()
                ? List.of()
                : intake.submitAll(waiting.stream().map(Waiting::submission).toList(), null, false)
                        .results();
        for (int i = 0; i < made.size(); i++) {
            K key = waiting.get(i).key();
            JointCommit.Result one = made.get(i);
            if (one.rejected() == null) {
                results.stored(key, one.submitted());
            } else {
                results.rejected(key, Refusal.of(one.rejected(), null));
            }
        }
    }

    /** Ends the request with this failure, or stops storing if some jobs are stored already. */
    void fail(RuntimeException failure) {
        if (!anyStored) {
            throw failure;
        }
        LOG.warn("Some jobs of a request are stored; the database failed at the others: {}", failure.getMessage());
        failed = true;
    }

    /** True once the client must learn what became of each job. */
    boolean hasStored() {
        return anyStored;
    }

    boolean hasFailed() {
        return failed;
    }

    private static Refusal refusal(RuntimeException failure, int index) {
        return failure instanceof CommitUnknownException unknown
                ? unknown(unknown.jobs().get(index))
                : NOT_STORED;
    }

    private static Refusal unknown(UUID job) {
        return Refusal.of(
                ErrorCode.OUTCOME_UNKNOWN,
                "The connection to the database broke while this job was being stored. Once it answers, GET /v1/jobs/"
                        + job + " shows it if it is, and 404 if it is not.");
    }
}
