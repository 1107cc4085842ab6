package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Opens connections and finds out which era of the protocol a server speaks.
 *
 * @param era the configured one; {@code AUTO} asks the server
 * @param longest wait for each answer
 */
record Handshake(Era era, Duration longest) {
    /** Revisions of the older era; the first of them had no streamable HTTP, but programs speak it. */
    private static final List<String> SPOKEN = Stream.concat(Protocol.LEGACY_VERSIONS.stream(), Stream.of("2024-11-05"))
            .toList();

    /** Eras of the protocol. */
    enum Era {
        /** Asks the server. */
        AUTO,
        /** Revisions up to 2025-11-25, which begin with initialize. */
        LEGACY,
        /** Revision 2026-07-28, without a session. */
        MODERN
    }

    /**
     * Opens a connection.
     *
     * @param sessions makes a session that has not begun, and opens its transport
     */
    Session open(Sessions sessions)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        if (era == Era.LEGACY) {
            return legacy(sessions.open());
        }
        Session session = sessions.open();
        try {
            return modernOrLegacy(session);
        } catch (LostException e) {
            session.close();
            if (era == Era.MODERN) {
                throw e;
            }
            // Some servers of the older era exit when a request comes before initialize.
            return legacy(sessions.open());
        } catch (RpcException
                | TooLargeException
                | TimeoutException
                | InterruptedException
                | RuntimeException
                | Error e) {
            session.close();
            throw e;
        }
    }

    /** Makes sessions. */
    interface Sessions {
        /** A session with an open transport. */
        Session open() throws LostException, InterruptedException;
    }

    private Session modernOrLegacy(Session session)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        session.speak(Protocol.MODERN, true, JsonNodeFactory.instance.objectNode());
        try {
            JsonNode found = session.request(Methods.DISCOVER, Rpc.object(), longest);
            // Some servers answer any request with an empty object.
            if (offers(found)) {
                session.speak(Protocol.MODERN, true, found.path("capabilities"));
                return session;
            }
        } catch (RpcException e) {
            if (era == Era.MODERN || (e.code() == RpcError.UNSUPPORTED_VERSION)) {
                throw e;
            }
        } catch (TimeoutException e) {
            if (era == Era.MODERN) {
                throw e;
            }
        }
        if (era == Era.MODERN) {
            throw new RpcException(0, "it does not speak revision " + Protocol.MODERN);
        }
        return legacy(session);
    }

    private static boolean offers(JsonNode found) {
        for (JsonNode version : found.path("supportedVersions")) {
            if (Protocol.MODERN.equals(version.textValue())) {
                return true;
            }
        }
        return false;
    }

    /** The revision that a server chose; only one that we speak is sent on in headers. */
    private static String chosen(JsonNode answer) throws RpcException {
        JsonNode version = answer.path("protocolVersion");
        if (version.isTextual() && SPOKEN.contains(version.textValue())) {
            return version.textValue();
        }
        String text = HttpAnswer.shortened(version.isMissingNode() ? "none" : version.toString());
        throw new RpcException(
                0,
                "asked for revision %s of the protocol, it offers %s; these are spoken here: %s"
                        .formatted(Protocol.LEGACY, text, String.join(", ", SPOKEN)));
    }

    private Session legacy(Session session)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        session.speak(null, false, JsonNodeFactory.instance.objectNode());
        ObjectNode params = Rpc.object().put("protocolVersion", Protocol.LEGACY);
        Session.abilities(params.putObject("capabilities"));
        params.putObject("clientInfo").put("name", "longhaul").put("version", "1");
        try {
            JsonNode answer = session.request(Methods.INITIALIZE, params, longest);
            session.speak(chosen(answer), false, answer.path("capabilities"));
            session.tell(Methods.INITIALIZED, null);
            return session;
        } catch (RpcException
                | LostException
                | TooLargeException
                | TimeoutException
                | InterruptedException
                | RuntimeException
                | Error e) {
            session.close();
            throw e;
        }
    }
}
