package io.longhaul.api.access;

import io.longhaul.api.description.NoAuthentication;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.MissingRoleException;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.traces.Trace;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses requests whose principal lacks the role of the endpoint, and records the actions of operators. It reads the
 * annotation of the endpoint that Jersey has chosen, so an unusual spelling of the path cannot bypass it.
 */
@Priority(Priorities.AUTHORIZATION)
public final class RoleGate implements ContainerRequestFilter, ContainerResponseFilter {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.audit");
    private static final int LONGEST_ACTION = 300;
    private static final int LONGEST_NAME = 200;

    private final AuditStatements audit;

    @Context
    private ResourceInfo endpoint;

    @Context
    private HttpServletRequest http;

    RoleGate(AuditStatements audit) {
        this.audit = audit;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Method method = endpoint.getResourceMethod();
        if (method != null && method.isAnnotationPresent(NoAuthentication.class)) {
            return;
        }
        Principal principal = Principal.of(http);
        Role needed = needs(method).map(RequiresRole::value).orElse(Role.ADMIN);
        if (!principal.may(needed)) {
            throw new RefusedException(refusal(principal, needed));
        }
    }

    public static Refusal refusal(Principal principal, Role needed) {
        return Refusal.of(ErrorCode.MISSING_ROLE, new MissingRoleException(principal, needed).getMessage());
    }

    /** A failure to record the action does not change the answer, because the action has happened. */
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (needs(endpoint.getResourceMethod()).filter(RequiresRole::audited).isEmpty()) {
            return;
        }
        String who = cut(Principal.of(http).name(), LONGEST_NAME);
        String query = http.getQueryString() == null ? "" : "?" + http.getQueryString();
        String action =
                cut(request.getMethod() + " " + http.getRequestURI() + query + AuditDetail.in(http), LONGEST_ACTION);
        LOG.info("{} {} was answered {}", who, action, response.getStatus());
        try {
            audit.add(who, action, response.getStatus(), Trace.in(http).traceId());
        } catch (RuntimeException e) {
            LOG.warn(
                    "The action of {} is in this log only: {}",
                    who,
                    e.getClass().getSimpleName());
        }
    }

    private static Optional<RequiresRole> needs(Method method) {
        return Optional.ofNullable(method).map(m -> m.getAnnotation(RequiresRole.class));
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
