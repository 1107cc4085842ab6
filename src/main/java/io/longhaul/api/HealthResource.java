package io.longhaul.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.ops.Condition;
import io.longhaul.ops.Readiness;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Says whether this node lives and whether it is ready, to whoever sends it traffic. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Readiness readiness;

    /**
     * Wires it.
     *
     * @param readiness asked at each request
     */
    public HealthResource(Readiness readiness) {
        this.readiness = readiness;
    }

    /**
     * One thing that was looked at.
     *
     * @param name what
     * @param status healthy, unhealthy, or degraded for what the node works on with
     * @param errorCode what is wrong, or null
     * @param message for people
     * @param cure what helps, or null
     * @param details facts behind it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Check(
            String name, String status, String errorCode, String message, String cure, Map<String, Object> details) {
        static Check of(Condition c) {
            String status = c.degraded() ? "degraded" : c.ok() ? "healthy" : "unhealthy";
            return new Check(c.name(), status, c.errorCode(), c.message(), c.cure(), c.details());
        }
    }

    /** Whether the process lives. */
    record Liveness(String status) {}

    /** Whether it is ready; the other members are left out if it is. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Ready(String status, String errorCode, String message, String cure, List<Check> checks) {}

    /** All that is known. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Health(String status, String message, Details details, long durationMs) {}

    /** The single checks. */
    record Details(List<Check> checks) {}

    /**
     * Says that the process lives; looks at nothing else, so that no orchestrator kills a node for its database.
     *
     * @return 200 {@code {status: "healthy"}}
     */
    @GET
    @Open
    @Path("/healthz")
    public Response live() {
        return uncached(Response.ok(new Liveness("healthy")));
    }

    /**
     * Says whether this node should get traffic.
     *
     * @param request of whoever asks
     * @return 200 {@code {status: "ready"}}, or 503 with the reason and the cure
     */
    @GET
    @Open
    @Path("/readyz")
    public Response ready(@Context HttpServletRequest request) {
        Readiness.State state = readiness.current();
        return state.firstFailure()
                .map(failure -> unavailable(new Ready(
                        "not_ready",
                        failure.errorCode(),
                        mayKnow(request) ? failure.message() : "This node is not ready.",
                        mayKnow(request) ? failure.cure() : null,
                        checks(state, request))))
                .orElseGet(() -> uncached(Response.ok(new Ready("ready", null, null, null, null))));
    }

    /**
     * Shows every check.
     *
     * @param request of whoever asks; the checks are for the role read
     * @return 200 or 503 with {@code {status, message, details: {checks}, duration_ms}}
     */
    @GET
    @Open
    @Path("/health")
    public Response health(@Context HttpServletRequest request) {
        long begun = System.nanoTime();
        Readiness.State state = readiness.current();
        String message = state.firstFailure()
                .or(state::firstDegraded)
                .map(condition ->
                        mayKnow(request) ? condition.message() : "A check failed; a key with the role read shows it.")
                .orElse("All checks passed.");
        Health health = new Health(
                state.ready() ? "healthy" : "unhealthy",
                message,
                new Details(checks(state, request)),
                Duration.ofNanos(System.nanoTime() - begun).toMillis());
        return state.ready() ? uncached(Response.ok(health)) : unavailable(health);
    }

    private static boolean mayKnow(HttpServletRequest request) {
        return Principal.of(request).may(Role.READ);
    }

    /** None for strangers: they name tools, people and addresses. */
    private static List<Check> checks(Readiness.State state, HttpServletRequest request) {
        if (!mayKnow(request)) {
            return List.of();
        }
        return state.conditions().stream().map(Check::of).toList();
    }

    private static Response unavailable(Object entity) {
        return uncached(Response.status(Response.Status.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .entity(entity));
    }

    private static Response uncached(Response.ResponseBuilder answer) {
        return answer.header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }
}
