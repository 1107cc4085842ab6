package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.HeaderValue;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.MirroredParams;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Params that some tools want in headers as well. Clients that speak over standard input need not know of them, so what a
 * tool wants is looked up when the server misses a header.
 */
final class MirroredHeaders {
    private final Endpoint endpoint;
    private volatile Map<String, MirroredParams> tools = Map.of();

    MirroredHeaders(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** The headers of a call, as far as it is known what its tool wants. */
    Map<String, String> of(RpcMessage message) {
        MirroredParams wanted = tools.get(message.params().path("name").asText());
        Map<String, String> headers = new LinkedHashMap<>();
        if (wanted != null) {
            wanted.in(message.params().path("arguments"))
                    .forEach((name, value) -> headers.put(name, HeaderValue.encode(value)));
        }
        return headers;
    }

    /** Looks up what tools want, as the client that makes this call. */
    void learn(RpcMessage call) throws IOException {
        ObjectNode params = Rpc.object();
        params.set("_meta", call.meta());
        ObjectNode body = Rpc.notification("tools/list", params).put("id", "longhaul-tools");
        Map<String, String> headers = new Request(body, RpcMessage.of(body)).headers();
        Map<String, MirroredParams> found = new HashMap<>();
        try (InputStream answer = endpoint.post(Json.bytes(body), headers).body()) {
            for (JsonNode tool : Json.read(answer.readAllBytes()).at("/result/tools")) {
                found.put(tool.path("name").asText(), wanted(tool.path("inputSchema")));
            }
        }
        tools = found;
    }

    private static MirroredParams wanted(JsonNode schema) {
        try {
            return MirroredParams.of(schema);
        } catch (IllegalArgumentException e) {
            return new MirroredParams(Map.of());
        }
    }
}
