package io.longhaul.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;

/**
 * Treats the members of a body as unknown where a request takes none: who sends {@code priority} with a retry expects
 * something that does not happen. A body without members, or of another form, is passed over.
 */
@Priority(Priorities.AUTHORIZATION + 3)
public final class BodilessGate implements ContainerRequestFilter {
    /** Bodies up to this length have arrived when the request begins. */
    private static final int MOST = 16 << 10;

    private static final List<String> CHANGING = List.of("POST", "PUT", "PATCH", "DELETE");

    private final JsonBodies bodies = new JsonBodies(MOST);

    @Context
    private ResourceInfo endpoint;

    @Context
    private HttpServletRequest servlet;

    @Override
    public void filter(ContainerRequestContext request) {
        boolean isApi = request.getUriInfo().getPath().startsWith("v1/");
        boolean isShort = request.getLength() > 0 && request.getLength() <= MOST;
        if (isApi && isShort && passesOver(endpoint.getResourceMethod(), request.getMethod())) {
            Fields fields = new Fields(read(request.getEntityStream()));
            UnknownMembers.check(fields, servlet);
            fields.check(null);
        }
    }

    /** True for the method of a resource that changes something and reads no body. */
    public static boolean passesOver(Method method, String verb) {
        return CHANGING.contains(verb)
                && method != null
                && !List.of(method.getParameterTypes()).contains(InputStream.class);
    }

    private ObjectNode read(InputStream body) {
        try {
            return bodies.readIfAny(body);
        } catch (RefusedException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }
}
