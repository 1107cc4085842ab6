package io.longhaul.api.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Header;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
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

/** Health checks for orchestrators and load balancers. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Readiness readiness;

    public HealthResource(Readiness readiness) {
        this.readiness = readiness;
    }

    /**
     * One check.
     *
     * @param name its name
     * @param status healthy, unhealthy, or degraded if the node can go on working
     * @param errorCode code of the problem, or null
     * @param message for people
     * @param cure the cure, or null
     * @param details data that the check used
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Check(
            String name,

            @Shape(values = {"healthy", "degraded", "unhealthy"})
            String status,

            String errorCode,
            String message,
            String cure,
            Map<String, Object> details) {
        static Check of(Condition c) {
            String status = c.degraded() ? "degraded" : c.ok() ? "healthy" : "unhealthy";
            return new Check(c.name(), status, c.errorCode(), c.message(), c.cure(), c.details());
        }
    }

    /**
     * The process is alive.
     *
     * @param status always healthy
     */
    record Liveness(@Shape(values = "healthy") String status) {}

    /**
     * Readiness. The other members are left out if the node is ready and no check is degraded.
     *
     * @param status ready or not_ready
     * @param errorCode code of the problem
     * @param message the problem, for people
     * @param cure the cure
     * @param checks all checks
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Ready(
            @Shape(values = {"ready", "not_ready"}) String status,
            String errorCode,
            String message,
            String cure,
            List<Check> checks) {}

    /**
     * The state of all checks.
     *
     * @param status healthy or unhealthy
     * @param message the first problem, for people
     * @param details the checks
     * @param durationMs duration of the checks
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Health(
            @Shape(values = {"healthy", "unhealthy"}) String status,
            String message,
            Details details,
            long durationMs) {}

    /**
     * The checks.
     *
     * @param checks all that was looked at
     */
    record Details(List<Check> checks) {}

    /** Says that the process is alive. It checks nothing else, so that no orchestrator kills a node because of its database. */
    @Operation(
            id = "isAlive",
            tag = "Health",
            replies = {
                @Reply(
                        means = "The process lives.",
                        body = Liveness.class,
                        headers = {Header.CACHE_CONTROL})
            })
    @GET
    @NoAuthentication
    @Path("/healthz")
    public Response live() {
        return uncached(Response.ok(new Liveness("healthy")));
    }

    /** Says whether this node should get traffic. */
    @Operation(
            id = "isReady",
            tag = "Health",
            replies = {
                @Reply(
                        means = "Ready for traffic.",
                        body = Ready.class,
                        headers = {Header.CACHE_CONTROL}),
                @Reply(
                        status = 503,
                        means = "Not ready; the body says why.",
                        body = Ready.class,
                        headers = {Header.CACHE_CONTROL, Header.RETRY_AFTER})
            })
    @GET
    @NoAuthentication
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
                .orElseGet(() -> uncached(Response.ok(ready(state, request))));
    }

    /** Ready, with the first degraded check if there is one. */
    private static Ready ready(Readiness.State state, HttpServletRequest request) {
        return state.firstDegraded()
                .filter(degraded -> mayKnow(request))
                .map(degraded -> new Ready("ready", degraded.errorCode(), degraded.message(), degraded.cure(), null))
                .orElseGet(() -> new Ready("ready", null, null, null, null));
    }

    /** Shows every check. */
    @Operation(
            id = "getHealth",
            tag = "Health",
            replies = {
                @Reply(
                        means = "All is well enough.",
                        body = Health.class,
                        headers = {Header.CACHE_CONTROL}),
                @Reply(
                        status = 503,
                        means = "Not ready; the body says why.",
                        body = Health.class,
                        headers = {Header.CACHE_CONTROL, Header.RETRY_AFTER})
            })
    @GET
    @NoAuthentication
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

    /** Empty for callers without the role read: checks name tools, people and addresses. */
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
