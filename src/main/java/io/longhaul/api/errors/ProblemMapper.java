package io.longhaul.api.errors;

import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** Answers whatever a resource throws as a problem. */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private final Problems problems;

    @Context
    private HttpServletRequest request;

    ProblemMapper(Problems problems) {
        this.problems = problems;
    }

    @Override
    public Response toResponse(Throwable failure) {
        Refusal refusal = problems.refusal(failure, request);
        return response(refusal, request.getRequestURI(), Trace.in(request).traceId());
    }

    public static Response response(Refusal refusal, String path, String traceId) {
        Response.ResponseBuilder response =
                Response.status(refusal.status()).type(Problem.MEDIA_TYPE).entity(Problem.of(refusal, path, traceId));
        if (refusal.retryAfterSeconds() > 0) {
            response.header(HttpHeaders.RETRY_AFTER, refusal.retryAfterSeconds());
        }
        if (refusal.isPersonal()) {
            response.header(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (refusal.allow() != null) {
            response.header(HttpHeaders.ALLOW, refusal.allow());
        }
        return response.build();
    }
}
