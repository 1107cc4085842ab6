package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.SessionStatements.Subscription;
import io.longhaul.mcp.protocol.RpcError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/** Sessions of the legacy era. A request without one is served as well, as far as it needs none. */
final class Sessions {
    /** Clients have no way to recover when a session is gone, so one that sleeps is kept. */
    private static final int KEPT_DAYS = 30;

    private static final int BATCH = 1000;
    private static final int MOST_SUBSCRIPTIONS = 100;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final SessionStatements statements;

    /** Calls that this node waits for; those of others are in the database once they have waited a moment. */
    private final Map<Call, UUID> calls = new ConcurrentHashMap<>();

    /**
     * A call of a session.
     *
     * @param session the session
     * @param request id of the request, as JSON
     */
    record Call(UUID session, String request) {}

    Sessions(Jdbi jdbi) {
        statements = jdbi.onDemand(SessionStatements.class);
    }

    UUID begin(Caller caller, String version) {
        UUID id = UUID.randomUUID();
        statements.create(id, caller.name(), version);
        return id;
    }

    /** The session that a request names; null if it names none. */
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

    /** The session that a request has to name. */
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

    /** Notes on this node that a call waits for a job. */
    Call begun(Session session, JsonNode request, UUID job) {
        Call call = new Call(session.id(), request.toString());
        calls.put(call, job);
        return call;
    }

    /** Notes it for all nodes. */
    void keep(Call call, UUID job) {
        statements.addCall(call.session(), call.request(), job);
    }

    /** The call is answered, or its client has gone. */
    void over(Call call, UUID job, boolean kept) {
        calls.remove(call, job);
        if (kept) {
            statements.removeCall(call.session(), call.request(), job);
        }
    }

    /** The job that a call waits for, on whatever node. */
    Optional<UUID> job(Session session, JsonNode request) {
        Call call = new Call(session.id(), request.toString());
        UUID here = calls.get(call);
        return here != null ? Optional.of(here) : statements.call(session.id(), call.request());
    }

    /** A piece of housekeeping. */
    Duration clean() {
        return statements.removeIdle(KEPT_DAYS, BATCH) >= BATCH ? Duration.ZERO : Duration.ofHours(1);
    }
}
