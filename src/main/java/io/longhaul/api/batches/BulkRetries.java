package io.longhaul.api.batches;

import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.Slice;
import io.longhaul.api.intake.RetrySubmissions;
import io.longhaul.api.jobs.JobCursor;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.traces.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Repeats the ended jobs that match a filter, in chunks that are committed one by one. */
public final class BulkRetries {
    private static final int CHUNK = 200;

    private final JobQueries queries;
    private final Intake intake;
    private final RetrySubmissions submissions;

    public BulkRetries(JobQueries queries, Intake intake, Duration usualTtl) {
        this.queries = queries;
        this.intake = intake;
        this.submissions = new RetrySubmissions(usualTtl);
    }

    /** In the order in which they become known. */
    private static final class Results implements ChunkedSubmissions.Results<UUID> {
        private final List<BulkAnswer.Retry> all = new ArrayList<>();

        @Override
        public void stored(UUID ended, Submitted submitted) {
            UUID job = submitted.job().id();
            all.add(new BulkAnswer.Retry(ended, BatchAnswer.status(submitted), job, null));
        }

        @Override
        public void rejected(UUID ended, Refusal refusal) {
            all.add(new BulkAnswer.Retry(ended, BatchAnswer.REJECTED, null, BatchAnswer.Rejection.of(refusal)));
        }
    }

    BulkAnswer.Retried retry(BulkQuery query, Trace trace, String key, Caller caller) {
        JobFilter filter = query.filter();
        Slice<UUID> ids = query.ids(queries);
        Results results = new Results();
        ChunkedSubmissions<UUID> chunks = new ChunkedSubmissions<>(intake, CHUNK, results);
        boolean more = ids.hasNext();
        Job last = null;
        for (UUID id : ids.items()) {
            Optional<Job> ended = read(id, chunks);
            if (chunks.hasFailed()) {
                more = true;
                break;
            }
            if (ended.isPresent()) {
                last = ended.get();
                Submission submission = submissions
                        .of(last, trace.traceId(), key == null ? null : key + "/" + id)
                        .under(trace.kept());
                chunks.add(id, () -> checked(submission, caller));
            }
        }
        chunks.commit();
        String cursor = more && last != null
                ? JobCursor.of(new JobFilter.Position(filter.order().timeOf(last), last.id()), filter)
                : null;
        return BulkAnswer.Retried.of(results.all, cursor);
    }

    private Submission checked(Submission submission, Caller caller) throws SubmissionRejected {
        CallerCheck.requireTool(caller, submission.tool());
        Submission limited = submission.limitedTo(caller.principal().tools());
        intake.check(limited);
        return limited;
    }

    /** Nothing if the database has failed, now or before. */
    private Optional<Job> read(UUID id, ChunkedSubmissions<UUID> chunks) {
        if (chunks.hasFailed()) {
            return Optional.empty();
        }
        try {
            return queries.find(id);
        } catch (RuntimeException e) {
            chunks.fail(e);
            return Optional.empty();
        }
    }
}
