package io.longhaul.api.batches;

import io.longhaul.api.access.Caller;
import io.longhaul.api.http.Cursor;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.intake.RetrySubmissions;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobFilter;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.JobQueries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats all ended jobs that match a filter, in parts that are committed one by one. */
public final class BulkRetries {
    private static final Logger LOG = LoggerFactory.getLogger(BulkRetries.class);
    private static final int PART = 200;

    /** Characters of params in one part. */
    private static final int PART_CHARS = 8 << 20;

    private final JobQueries queries;
    private final Intake intake;
    private final RetrySubmissions submissions;

    public BulkRetries(JobQueries queries, Intake intake, Duration usualTtl) {
        this.queries = queries;
        this.intake = intake;
        this.submissions = new RetrySubmissions(usualTtl);
    }

    /** Jobs that are about to be repeated, and what becomes of them. */
    private final class Part {
        private final List<BulkAnswer.Retry> results = new ArrayList<>();
        private final List<Submission> waiting = new ArrayList<>();
        private int chars;
        private boolean anyStored;
        private boolean failed;

        void add(Submission submission, Caller caller) {
            if (!caller.principal().mayUse(submission.tool())) {
                reject(submission, caller.forbidden(submission.tool()));
                return;
            }
            try {
                intake.check(submission);
                waiting.add(submission);
                chars += submission.params().length();
            } catch (SubmissionRejected e) {
                reject(submission, e);
            } catch (RuntimeException e) {
                fail(e);
                reject(submission, PartFailure.notTried());
            }
            if (waiting.size() >= PART || chars >= PART_CHARS) {
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
                    reject(waiting.get(i), PartFailure.of(e, i));
                }
            }
            waiting.clear();
            chars = 0;
        }

        private void store() {
            List<JointCommit.Result> made = waiting.isEmpty()
                    ? List.of()
                    : intake.submitAll(waiting, null, false).results();
            for (int i = 0; i < made.size(); i++) {
                if (made.get(i).rejected() != null) {
                    reject(waiting.get(i), made.get(i).rejected());
                } else {
                    boolean replayed = made.get(i).submitted().replayed();
                    results.add(new BulkAnswer.Retry(
                            waiting.get(i).extras().retryOf(),
                            replayed ? BatchAnswer.REPLAYED : BatchAnswer.CREATED,
                            made.get(i).submitted().job().id(),
                            null));
                }
            }
        }

        /** The job, or nothing if the database fails when others are retried already. */
        Optional<Job> read(UUID id) {
            try {
                return queries.find(id);
            } catch (RuntimeException e) {
                fail(e);
                return Optional.empty();
            }
        }

        /** Once some are retried, that is what has to be told. */
        private void fail(RuntimeException failure) {
            if (!anyStored) {
                throw failure;
            }
            LOG.warn("Jobs are retried; the database failed at others behind them: {}", failure.getMessage());
            failed = true;
        }

        private void reject(Submission submission, SubmissionRejected e) {
            reject(submission, Refusal.of(e, submission.tool()));
        }

        private void reject(Submission submission, Refusal refusal) {
            results.add(new BulkAnswer.Retry(
                    submission.extras().retryOf(),
                    BatchAnswer.REJECTED,
                    null,
                    new BatchAnswer.Rejection(refusal.code().name(), refusal.message(), refusal.errors())));
        }
    }

    BulkAnswer.Retried retry(BulkQuery query, String traceId, String key, Caller caller) {
        JobFilter filter = query.filter();
        List<UUID> ids = queries.ids(filter.conditions(), filter.order().sql(), filter.values(), query.limit() + 1);
        boolean more = ids.size() > query.limit();
        Part part = new Part();
        Job last = null;
        for (UUID id : more ? ids.subList(0, query.limit()) : ids) {
            Optional<Job> ended = part.failed ? Optional.empty() : part.read(id);
            if (part.failed) {
                more = true;
                break;
            }
            if (ended.isPresent()) {
                last = ended.get();
                part.add(submissions.of(last, traceId, key == null ? null : key + "/" + id), caller);
            }
        }
        part.commit();
        String cursor = more && last != null
                ? Cursor.of(new JobFilter.Position(filter.order().timeOf(last), last.id()), filter)
                : null;
        return BulkAnswer.Retried.of(part.results, cursor);
    }
}
