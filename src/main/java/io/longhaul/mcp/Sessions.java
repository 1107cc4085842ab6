package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.SessionStatements.Subscription;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/** Sessions of legacy clients. Requests that need no session are served without one, too. */
final class Sessions {
    /** Many clients cannot recover from a lost session, so an idle one is kept for long. */
    private static final int KEPT_DAYS = 30;

    private static final String ELICITATION = "elicitation";

    /** Capabilities by which a client can be asked something. */
    private static final List<String> ASKED = List.of(ELICITATION, "sampling", "roots");

    /** The form of elicitation that a client must name to be asked so. */
    private static final String URL = "url";

    private static final int BATCH = 1000;
    private static final int MOST_SUBSCRIPTIONS = 100;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final SessionStatements statements;

    /** Calls that wait on this node. Calls that wait for more than a moment are in the database as well, for the other nodes. */
    private final Map<Call, UUID> calls = new ConcurrentHashMap<>();

    /**
     * A call of a session.
     *
     * @param session id of the session
     * @param request id of the request, as JSON text
     */
    record Call(UUID session, String request) {}

    Sessions(Jdbi jdbi) {
        statements = jdbi.onDemand(SessionStatements.class);
    }

    UUID begin(Caller caller, String version, JsonNode capabilities) {
        UUID id = UUID.randomUUID();
        ObjectNode kept = asked(capabilities);
        boolean showsApps = capabilities.path("extensions").path(Protocol.APPS).isObject();
        statements.create(id, caller.name(), version, showsApps, kept.isEmpty() ? null : kept.toString());
        return id;
    }

    /** What decides if a client can be asked something: only an object declares a capability. Nothing else is kept, as clients may declare whatever they like. */
    private static ObjectNode asked(JsonNode capabilities) {
        ObjectNode kept = Rpc.object();
        ASKED.stream().filter(one -> capabilities.path(one).isObject()).forEach(kept::putObject);
        if (capabilities.path(ELICITATION).path(URL).isObject()) {
            kept.withObjectProperty(ELICITATION).putObject(URL);
        }
        return kept;
    }

    /** The session of a request; null for a request without one. */
    Session of(String header, Caller caller) {
        if (header == null) {
            return null;
        }
        Session session = JobAccess.parse(header)
                .flatMap(statements::find)
                .filter(found -> Objects.equals(found.principal(), caller.name()))
                .orElseThrow(() -> new RpcError(
                                RpcError.INVALID_REQUEST, "This session has ended: begin another with initialize.")
                        .withStatus(NOT_FOUND));
        if (session.stale()) {
            statements.touch(session.id());
        }
        return session;
    }

    /** Refuses a request without a session. */
    Session require(Session session) {
        if (session == null) {
            throw new RpcError(
                            RpcError.INVALID_REQUEST,
                            "This needs a session: begin with initialize, and send the header Mcp-Session-Id.")
                    .withStatus(BAD_REQUEST);
        }
        return session;
    }

    void end(Session session) {
        statements.delete(session.id());
    }

    void setLogLevel(Session session, String level) {
        statements.setLogLevel(session.id(), level);
    }

    void subscribe(Session session, String uri) {
        if (statements.subscribe(session.id(), uri, MOST_SUBSCRIPTIONS) == 0) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "A session subscribes to " + MOST_SUBSCRIPTIONS + " resources at the most: unsubscribe first.");
        }
    }

    void unsubscribe(Session session, String uri) {
        statements.unsubscribe(session.id(), uri);
    }

    List<Subscription> subscriptions(UUID... sessions) {
        return statements.subscriptions(sessions);
    }

    static Call call(Session session, JsonNode request) {
        return new Call(session.id(), request.toString());
    }

    /** Records on this node that a call waits for a job. */
    Call begun(Session session, JsonNode request, UUID job) {
        Call call = call(session, request);
        calls.put(call, job);
        return call;
    }

    /** Records it for all nodes. The job is committed: a failure must not look like a failed call. */
    void keep(Call call, UUID job) {
        try {
            statements.addCall(call.session(), call.request(), job);
        } catch (RuntimeException e) {
            McpServer.LOG.warn(
                    "The call of job {} is recorded on this node only, and so is cancelled here only", job, e);
        }
    }

    /** This node answers the call no more. What is recorded for all nodes stays. */
    void gone(Call call, UUID job) {
        calls.remove(call, job);
    }

    /** Forgets a call that is answered. */
    void answered(Call call, UUID job) {
        gone(call, job);
        statements.removeCall(call.session(), call.request(), job);
    }

    /** The job that a call waits for, on any node. */
    Optional<UUID> job(Session session, JsonNode request) {
        Call call = call(session, request);
        UUID here = calls.get(call);
        return here != null ? Optional.of(here) : statements.call(session.id(), call.request());
    }

    /** Deletes unused sessions, and calls that nobody came back for; returns the time until the next run. */
    Duration clean() {
        boolean more = statements.removeIdle(KEPT_DAYS, BATCH) >= BATCH;
        more |= statements.removeEndedCalls(BATCH) >= BATCH;
        return more ? Duration.ZERO : Duration.ofHours(1);
    }
}
