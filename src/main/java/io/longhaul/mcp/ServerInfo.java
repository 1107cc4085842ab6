package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;

/**
 * Name and version of this server, as clients show them.
 *
 * @param version version of this program
 */
record ServerInfo(String version) {
    /** Explanation of durable calls, for models. */
    static final String INSTRUCTIONS = "Each call of a tool is a durable job: it goes on when the connection or this"
            + " server is lost. Its result, log and files are resources at longhaul://jobs/{id}.";

    ObjectNode json() {
        return Rpc.object().put("name", "longhaul").put("title", "Longhaul").put("version", version);
    }
}
