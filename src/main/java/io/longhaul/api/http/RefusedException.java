package io.longhaul.api.http;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.jobs.intake.SubmissionRejected;
import java.util.List;

/** Ends the handling of a request with a refusal. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(ErrorCode code) {
        this(Refusal.of(code));
    }

    public RefusedException(ErrorCode code, String message) {
        this(Refusal.of(code, message));
    }

    public RefusedException(ErrorCode code, String message, String tool, List<FieldError> errors) {
        this(Refusal.of(code, message, tool, errors));
    }

    public RefusedException(SubmissionRejected rejected, String tool) {
        this(Refusal.of(rejected, tool));
    }

    public RefusedException(Refusal refusal) {
        // Expected and answered: a stack trace would cost more than the request.
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
