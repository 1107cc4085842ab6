package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.traces.JobTrace;
import io.longhaul.traces.Spans;
import io.longhaul.traces.SubmitSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;

/** Records submits as spans, if somebody records any. */
final class RecordedSubmits {
    private final Jdbi jdbi;
    private final Spans spans;

    /** Stores a submission. */
    interface Store<T> {
        T of(Submission submission) throws SubmissionRejected;
    }

    RecordedSubmits(Jdbi jdbi, Spans spans) {
        this.jdbi = jdbi;
        this.spans = spans;
    }

    Submitted one(Submission submission, Store<Submitted> store) throws SubmissionRejected {
        if (!spans.isOn()) {
            return store.of(submission);
        }
        SubmitSpan span = begin(submission);
        try {
            Submitted submitted = store.of(submission.in(span.traceOr(submission.trace())));
            span.end(submitted.job().id().toString());
            return submitted;
        } catch (SubmissionRejected | RuntimeException e) {
            span.fail(e);
            throw e;
        }
    }

    CompletableFuture<Submitted> later(Submission submission, Store<CompletableFuture<Submitted>> store)
            throws SubmissionRejected {
        if (!spans.isOn()) {
            return store.of(submission);
        }
        SubmitSpan span = begin(submission);
        try {
            return store.of(submission.in(span.traceOr(submission.trace())))
                    .whenComplete((submitted, failure) -> end(span, submitted, failure));
        } catch (SubmissionRejected | RuntimeException e) {
            span.fail(e);
            throw e;
        }
    }

    private static void end(SubmitSpan span, Submitted submitted, Throwable failure) {
        if (failure == null) {
            span.end(submitted.job().id().toString());
        } else {
            span.fail(failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
        }
    }

    JointCommit.Answer all(List<Submission> submissions, Function<List<Submission>, JointCommit.Answer> store) {
        if (!spans.isOn()) {
            return store.apply(submissions);
        }
        List<SubmitSpan> begun = new ArrayList<>();
        List<Submission> traced = new ArrayList<>();
        for (Submission submission : submissions) {
            SubmitSpan span = begin(submission);
            begun.add(span);
            traced.add(submission.in(span.traceOr(submission.trace())));
        }
        try {
            JointCommit.Answer answer = store.apply(traced);
            for (int i = 0; i < begun.size(); i++) {
                end(begun.get(i), answer, answer.results().get(i));
            }
            return answer;
        } catch (RuntimeException e) {
            begun.forEach(span -> span.fail(e));
            throw e;
        }
    }

    private static void end(SubmitSpan span, JointCommit.Answer answer, JointCommit.Result result) {
        if (answer.stored() && result.submitted() != null) {
            span.end(result.submitted().job().id().toString());
        } else {
            span.fail(result != null && result.rejected() != null ? result.rejected() : new IllegalStateException());
        }
    }

    private SubmitSpan begin(Submission submission) {
        return spans.submit(submission.tool(), submission.trace(), () -> links(submission));
    }

    /** The traces of the job that it repeats, and of those that it comes after. */
    private List<JobTrace> links(Submission submission) {
        List<UUID> others = new ArrayList<>(submission.extras().after());
        if (submission.extras().retryOf() != null) {
            others.add(submission.extras().retryOf());
        }
        if (others.isEmpty()) {
            return List.of();
        }
        UUID[] ids = others.toArray(UUID[]::new);
        return jdbi.withExtension(JobQueries.class, queries -> queries.traces(ids)).stream()
                .map(trace -> new JobTrace(trace.traceId(), trace.traceSpan()))
                .toList();
    }
}
