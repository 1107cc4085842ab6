package io.longhaul.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a problem of whatever a resource throws; the only place that logs failed requests. */
final class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    private final DatabaseErrors databaseErrors;

    @Context
    private HttpServletRequest request;

    ProblemMapper(DatabaseErrors databaseErrors) {
        this.databaseErrors = databaseErrors;
    }

    @Override
    public Response toResponse(Throwable failure) {
        Refusal refusal = refusal(failure);
        String traceId = Trace.in(request).traceId();
        log(refusal, failure, traceId);
        return response(refusal, request.getRequestURI(), traceId);
    }

    static Response response(Refusal refusal, String path, String traceId) {
        Response.ResponseBuilder response =
                Response.status(refusal.status()).type(Problem.MEDIA_TYPE).entity(Problem.of(refusal, path, traceId));
        if (refusal.retryAfterSeconds() > 0) {
            response.header(HttpHeaders.RETRY_AFTER, refusal.retryAfterSeconds());
        }
        if (refusal.allow() != null) {
            response.header(HttpHeaders.ALLOW, refusal.allow());
        }
        return response.build();
    }

    private Refusal refusal(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refusal(failure.getCause());
        }
        if (failure instanceof WebApplicationException web) {
            Response response = web.getResponse();
            return Refusal.ofStatus(response.getStatus(), response.getHeaderString(HttpHeaders.ALLOW));
        }
        if (failure instanceof HttpException jetty) {
            return Refusal.ofStatus(jetty.getCode(), null);
        }
        if (failure instanceof EofException) {
            return Refusal.of(ErrorCode.BAD_REQUEST, "The connection was closed before the request was complete.");
        }
        return databaseErrors
                .refusal(failure)
                .orElseGet(() -> Refusal.ofStatus(ErrorCode.INTERNAL_ERROR.status(), null));
    }

    private void log(Refusal refusal, Throwable failure, String traceId) {
        if (refusal.status() == ErrorCode.INTERNAL_ERROR.status()) {
            LOG.error("{} {} failed; trace {}", request.getMethod(), request.getRequestURI(), traceId, failure);
        } else if (refusal.status() > ErrorCode.INTERNAL_ERROR.status()) {
            LOG.warn(
                    "{} {} answered {} {}; trace {}",
                    request.getMethod(),
                    request.getRequestURI(),
                    refusal.status(),
                    refusal.code(),
                    traceId);
        }
    }
}
