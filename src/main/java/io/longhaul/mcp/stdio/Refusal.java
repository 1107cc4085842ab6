package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.environment.Program;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.net.URI;

/** Errors that the client gets from here, each with its cure. */
final class Refusal {
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;

    private Refusal() {}

    /** No server takes requests. */
    static RpcError unreachable(URI address, String start) {
        return new RpcError(
                RpcError.INTERNAL_ERROR, "No Longhaul server answers at " + address + ". Start it: " + start + ".");
    }

    /** A server took a request, and was lost. */
    static RpcError lost(URI address, String start) {
        return new RpcError(
                RpcError.INTERNAL_ERROR,
                "The server at " + address
                        + " was lost before it answered, and what it had begun goes on. Repeat the same"
                        + " request for the answer when a server is back; start it: " + start + ".");
    }

    /** The client has gone, or waits for too much. */
    static RpcError tooMany(int most) {
        return new RpcError(
                RpcError.INTERNAL_ERROR,
                most + " requests wait for answers already: send this again when some of these have come.");
    }

    /** An answer that is none of the protocol; {@code body} is what it says, if that is JSON. */
    static RpcError foreign(URI address, int status, JsonNode body) {
        String said = body.path("message").asText("");
        String cure = switch (status) {
            case UNAUTHORIZED ->
                " LONGHAUL_API_KEY, or the server's key in servers.yml, which goes first, must hold an API key or token of"
                        + " this server: "
                        + Program.commandOfServer("key create --name NAME") + ", makes one.";
            case NOT_FOUND -> " Is this the address of a Longhaul server?";
            default -> "";
        };
        return new RpcError(
                        RpcError.INTERNAL_ERROR,
                        (said.isEmpty() ? "HTTP " + status + " from " + address + "." : said) + cure)
                .withData(Rpc.object()
                        .put("status", status)
                        .put("error_code", body.path("error_code").asText(null)));
    }
}
