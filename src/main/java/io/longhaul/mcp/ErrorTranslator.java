package io.longhaul.mcp;

import io.longhaul.auth.MissingRoleException;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** Translates failures into errors of JSON-RPC, with the codes and words of the HTTP API. */
final class ErrorTranslator {
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

    /** The error that answers a request which failed. */
    RpcError of(Throwable failure, HttpServletRequest request) {
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

    /** Takes the place of a large answer for which there is no memory. */
    static RpcError overloaded() {
        return new RpcError(
                        RpcError.INTERNAL_ERROR,
                        "The answer is large, and too much waits for clients that read slowly. Try again shortly.")
                .withStatus(TOO_MANY)
                .retryAfter(1)
                .withData(Rpc.object().put("error_code", "OVERLOADED"));
    }

    /**
     * The end of an answer that has outlived the credential of its request.
     *
     * @param more what is left to say, or empty
     */
    static RpcError revoked(String more) {
        return new RpcError(
                        RpcError.INVALID_REQUEST,
                        "The key or token of this request was revoked or has expired while it was answered." + more)
                .withStatus(UNAUTHORIZED)
                .withData(Rpc.object().put("error_code", "UNAUTHENTICATED"));
    }
}
