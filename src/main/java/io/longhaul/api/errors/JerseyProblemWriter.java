package io.longhaul.api.errors;

import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/** Answers with a problem when a resource throws. */
public final class JerseyProblemWriter implements ExceptionMapper<Throwable> {
    private final FailureTranslator failures;

    @Context
    private HttpServletRequest request;

    JerseyProblemWriter(FailureTranslator failures) {
        this.failures = failures;
    }

    @Override
    public Response toResponse(Throwable failure) {
        return response(failures.refusal(failure, request), request);
    }

    public static Response response(Refusal refusal, HttpServletRequest request) {
        Problem problem = Problem.of(refusal, request);
        Response.ResponseBuilder response =
                Response.status(refusal.status()).type(Problem.MEDIA_TYPE).entity(problem);
        refusal.headers().forEach(response::header);
        return response.build();
    }
}
