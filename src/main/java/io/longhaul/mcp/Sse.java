package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Messages in the format of server-sent events. */
final class Sse {
    private static final byte[] EVENT = "event: message\ndata: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    private Sse() {}

    /** One message; JSON text has no line ends. */
    static byte[] event(JsonNode message) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(EVENT);
        event.writeBytes(Json.bytes(message));
        event.writeBytes(END);
        return event.toByteArray();
    }

    /** Tells where the client stands, without a message, and how soon to come back when the connection breaks. */
    static byte[] position(String id) {
        return ("retry: 1000\nid: " + id + "\ndata:\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
