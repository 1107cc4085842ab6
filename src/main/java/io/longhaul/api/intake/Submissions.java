package io.longhaul.api.intake;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Submits jobs that arrive over HTTP, and turns rejections into refusals. */
public final class Submissions {
    private final SubmissionReader reader;
    private final Intake intake;
    private final int maxBytes;

    public Submissions(ApiConfiguration configuration, Intake intake) {
        this.reader = new SubmissionReader(configuration);
        this.intake = intake;
        this.maxBytes = configuration.maxBodyBytes();
    }

    /** Refuses a body of the wrong form. Whether the tool takes the params is not looked at. */
    public void check(InputStream body, HttpServletRequest request) {
        var unused = reader.read(body, request);
    }

    /** The job is committed when this returns. */
    public Submitted submit(InputStream body, HttpServletRequest request) {
        return submit(reader.read(body, request));
    }

    /** Tells whether a body of this length is accepted; false for an unknown length, which is negative. */
    boolean takes(long length) {
        return length >= 0 && length <= maxBytes;
    }

    /** The job is committed when the future completes, on the executor. */
    CompletableFuture<Submitted> begin(InputStream body, HttpServletRequest request, Executor next) {
        Submission submission = reader.read(body, request);
        try {
            return intake.begin(submission, next).exceptionally(failure -> {
                throw refused(failure, submission.tool());
            });
        } catch (SubmissionRejected e) {
            throw new RefusedException(e, submission.tool());
        }
    }

    private static RuntimeException refused(Throwable failure, String tool) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SubmissionRejected rejected
                ? new RefusedException(rejected, tool)
                : new CompletionException(cause);
    }

    public Submitted submit(Submission submission) {
        try {
            return intake.submit(submission);
        } catch (SubmissionRejected e) {
            throw new RefusedException(e, submission.tool());
        }
    }

    /** Answers 201 with the job and its Location, or 200 with the earlier job of the same idempotency key. */
    public static Response answer(Submitted submitted) {
        Response.ResponseBuilder answer =
                Response.status(submitted.replayed() ? Response.Status.OK : Response.Status.CREATED);
        if (submitted.replayed()) {
            answer.header(Header.REPLAYED, true);
        }
        return answer.location(JobResource.location(submitted.job()))
                .entity(JobRepresentation.of(submitted.job()))
                .build();
    }
}
