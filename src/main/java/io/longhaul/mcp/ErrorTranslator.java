package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.MissingRoleException;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** Translates failures into errors of JSON-RPC, with the codes and words of the HTTP API. */
final class ErrorTranslator {
    /** The member of an error's data that names the job of the call. */
    static final String JOB = "jobId";

    private static final int UNAUTHORIZED = 401;

    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY = 429;
    private static final int FORBIDDEN = 403;
    private static final int MIGRATION_TAKES = 10;

    private final HttpErrors httpErrors;
    private final Readiness readiness;

    ErrorTranslator(HttpErrors httpErrors, Readiness readiness) {
        this.httpErrors = httpErrors;
        this.readiness = readiness;
    }

    /** Refuses requests while the database does not have the schema of this release. */
    void requireSchema() {
        readiness.current().wrongSchema().ifPresent(condition -> {
            throw new RpcError(RpcError.INTERNAL_ERROR, condition.message() + cure(condition))
                    .withStatus(UNAVAILABLE)
                    .retryAfter(MIGRATION_TAKES)
                    .withData(Rpc.object().put("error_code", condition.errorCode()));
        });
    }

    private static String cure(Condition condition) {
        return condition.cure() == null ? "" : " Cure: " + condition.cure();
    }

    /** The error that answers a request which failed. That of a call whose job is committed names the job. */
    RpcError of(Throwable failure, Exchange exchange) {
        RpcError error = of(failure, exchange.request());
        UUID job = exchange.job();
        boolean isOwn = failure == error || failure.getCause() == error;
        return job == null ? error : ofCommitted(error, isOwn, job);
    }

    /**
     * The error after the commit. What others say may be that nothing was stored, and a client of HTTP repeats by itself what is
     * answered 401, 429 or 503: the work would be done twice.
     */
    private static RpcError ofCommitted(RpcError error, boolean isOwn, UUID job) {
        ObjectNode data = error.json().get("data") instanceof ObjectNode told ? told : Rpc.object();
        if (data.has(JOB)) {
            return error;
        }
        String why =
                isOwn ? error.getMessage() : "The call is stored as a job, but it cannot be answered at the moment.";
        return new RpcError(error.code(), why + " " + goesOn(job)).withData(data.put(JOB, job.toString()));
    }

    /** Where a call is answered that is not answered here. */
    static String goesOn(UUID job) {
        return "Job " + job + " goes on: its result will be at " + JobUri.of(job) + "/result.";
    }

    private RpcError of(Throwable failure, HttpServletRequest request) {
        if (failure instanceof RpcError error) {
            return error;
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause(), request);
        }
        if (failure instanceof SubmissionRejected rejected) {
            return of(rejected);
        }
        if (failure instanceof MissingRoleException) {
            return new RpcError(RpcError.INVALID_REQUEST, failure.getMessage())
                    .withStatus(FORBIDDEN)
                    .withData(Rpc.object().put("error_code", "MISSING_ROLE"));
        }
        HttpErrors.HttpError refused = httpErrors.of(failure, request);
        return new RpcError(RpcError.INTERNAL_ERROR, refused.message())
                .withStatus(refused.status())
                .retryAfter(refused.retryAfterSeconds())
                .withData(Rpc.object().put("error_code", refused.code()));
    }

    private static RpcError of(SubmissionRejected rejected) {
        RpcError invalid = new RpcError(RpcError.INVALID_PARAMS, rejected.getMessage())
                .withData(Rpc.object().put("error_code", rejected.reason().name()));
        RpcError busy = new RpcError(RpcError.INTERNAL_ERROR, rejected.getMessage())
                .withData(Rpc.object().put("error_code", rejected.reason().name()));
        return switch (rejected.reason()) {
            case QUEUE_FULL ->
                busy.withStatus(TOO_MANY)
                        .retryAfter(
                                rejected.backlog() == null
                                        ? 1
                                        : rejected.backlog().untilFree().toSeconds());
            case OVERLOADED -> busy.withStatus(TOO_MANY).retryAfter(1);
            case STOPPING -> busy.withStatus(UNAVAILABLE).retryAfter(1);
            default -> invalid;
        };
    }

    /** True if a model can cure the error by other arguments. */
    static boolean isForModel(SubmissionRejected rejected) {
        return switch (rejected.reason()) {
            case INVALID_PARAMS, UNKNOWN_FILE -> true;
            default -> false;
        };
    }

    /** The message for a model: all wrong places, named as in the arguments of its call. */
    static String forModel(SubmissionRejected rejected) {
        return rejected.fields().isEmpty()
                ? rejected.getMessage()
                : "The call was not made:"
                        + rejected.fields().stream()
                                .map(field -> "\n" + field.pointer().replaceFirst("^/params", "arguments") + " "
                                        + field.message())
                                .collect(Collectors.joining());
    }

    /**
     * Takes the place of a large answer for which there is no memory.
     *
     * @param jobs the jobs whose results it has: their calls must not be made again
     */
    static RpcError overloaded(List<String> jobs) {
        String why = "The answer is large, and too much waits for clients that read slowly. ";
        ObjectNode data = Rpc.object().put("error_code", "OVERLOADED");
        if (jobs.isEmpty()) {
            return new RpcError(RpcError.INTERNAL_ERROR, why + "Try again shortly.")
                    .withStatus(TOO_MANY)
                    .retryAfter(1)
                    .withData(data);
        }
        if (jobs.size() == 1) {
            data.put(JOB, jobs.get(0));
        }
        return new RpcError(RpcError.INTERNAL_ERROR, why + isAt(jobs)).withData(data);
    }

    /** Where the results of ended jobs are. */
    static String isAt(List<String> jobs) {
        return jobs.stream()
                .map(job -> JobUri.of(UUID.fromString(job)) + "/result")
                .collect(Collectors.joining(", ", "Do not call again, but read ", "."));
    }

    /**
     * The end of an answer that has outlived the credential of its request.
     *
     * @param job the committed job of the call, or null
     */
    static RpcError revoked(UUID job) {
        String why = "The key or token of this request was revoked or has expired while it was answered.";
        ObjectNode data = Rpc.object().put("error_code", "UNAUTHENTICATED");
        if (job == null) {
            return new RpcError(RpcError.INVALID_REQUEST, why)
                    .withStatus(UNAUTHORIZED)
                    .withData(data);
        }
        return new RpcError(
                        RpcError.INVALID_REQUEST,
                        why + " Job " + job + " goes on: with another, its result will be at " + JobUri.of(job)
                                + "/result.")
                .withData(data.put(JOB, job.toString()));
    }
}
