package io.longhaul.api.errors;

import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.ResourceMethod;

/** Answers with a problem when a resource throws. */
public final class JerseyProblemWriter implements ExceptionMapper<Throwable> {
    private final FailureTranslator failures;

    @Context
    private HttpServletRequest request;

    @Context
    private ExtendedUriInfo uri;

    JerseyProblemWriter(FailureTranslator failures) {
        this.failures = failures;
    }

    @Override
    public Response toResponse(Throwable failure) {
        Refusal refusal = failure instanceof NotAcceptableException
                ? Refusal.notAcceptable(made())
                : failures.refusal(failure, request);
        return response(refusal, request);
    }

    /** What the methods of this path answer that take the request's body. */
    private List<MediaType> made() {
        String verb = request.getMethod().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.getMethod();
        return uri.getMatchedRuntimeResources().stream()
                .limit(1)
                .flatMap(resource -> resource.getResourceMethods().stream())
                .filter(method -> method.getHttpMethod().equals(verb) && takes(method))
                .flatMap(method -> method.getProducedTypes().stream())
                .toList();
    }

    private boolean takes(ResourceMethod method) {
        return request.getContentType() == null
                || method.getConsumedTypes().isEmpty()
                || method.getConsumedTypes().stream()
                        .anyMatch(MediaType.valueOf(request.getContentType())::isCompatible);
    }

    public static Response response(Refusal refusal, HttpServletRequest request) {
        Problem problem = Problem.of(refusal, request);
        Response.ResponseBuilder response =
                Response.status(refusal.status()).type(Problem.MEDIA_TYPE).entity(problem);
        refusal.headers().forEach(response::header);
        return response.build();
    }
}
