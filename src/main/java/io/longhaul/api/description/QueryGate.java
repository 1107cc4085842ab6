package io.longhaul.api.description;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Refuses query parameters that the endpoint does not have, and empty or repeated ones; of a page, repeated ones. If a misspelt filter were ignored,
 * the request would match too much; if a misspelt {@code dry_run} were ignored, the request would change jobs.
 */
@Priority(Priorities.AUTHORIZATION + 1)
public final class QueryGate implements ContainerRequestFilter {
    private static final Pattern NAMELESS = Pattern.compile("(^|&)=");

    @Context
    private ResourceInfo endpoint;

    @Override
    public void filter(ContainerRequestContext request) {
        Method method = endpoint.getResourceMethod();
        AnyQuery page = method == null ? null : method.getAnnotation(AnyQuery.class);
        // OPTIONS asks about a path, whatever parameters its methods take.
        if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            return;
        }
        if (page != null) {
            Refusal.ifAny(PageQuery.repeated(page, QueryParameters.sent(request.getUriInfo())), null);
            return;
        }
        requireNames(request.getUriInfo().getRequestUri().getRawQuery());
        Map<String, List<String>> sent = QueryParameters.sent(request.getUriInfo());
        if (!sent.isEmpty()) {
            Refusal.ifAny(described(method).ignored(sent), null);
        }
    }

    private static DescribedQuery described(Method method) {
        Operation operation = method == null ? null : method.getAnnotation(Operation.class);
        return operation == null
                ? DescribedQuery.of(void.class)
                : DescribedQuery.of(operation.query(), operation.without());
    }

    /** Jersey ignores parameters without a name. */
    private static void requireNames(String query) {
        if (query != null && NAMELESS.matcher(query).find()) {
            Refusal.ifAny(List.of(new FieldError("/", "a parameter has no name")), null);
        }
    }
}
