package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The id of an event, which a client sends to resume a stream at any node. It holds all that this needs.
 *
 * @param job job of the request
 * @param request the request that waits for the end of the job
 * @param ofTask whether the request asks for the result of a task
 * @param told what the client has been told on the stream
 */
record EventId(UUID job, StreamedCall.Request request, boolean ofTask, StreamedCall.Told told) {
    private static final int WITHOUT_MORE = 4;
    private static final String TASK = "task";
    private static final String LINE = "line";
    private static final String PROGRESS = "progress";

    /** The last part is there only where there is something to say: nodes of builds that do not know it take the others. */
    String text() {
        ObjectNode more = more();
        return job + "." + encoded(request.id()) + "."
                + (request.progressToken() == null ? "" : encoded(request.progressToken())) + "."
                + request.log().code() + (more.isEmpty() ? "" : "." + encoded(more));
    }

    private ObjectNode more() {
        ObjectNode more = Rpc.object();
        if (ofTask) {
            more.put(TASK, true);
        }
        if (told.line() > 0) {
            more.put(LINE, told.line());
        }
        if (Double.isFinite(told.progress())) {
            more.put(PROGRESS, told.progress());
        }
        return more;
    }

    private static String encoded(JsonNode value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
    }

    /** Reads an id; empty if the text is none that this server gave. */
    static Optional<EventId> parse(String text) {
        String[] parts = text.split("\\.", -1);
        boolean hasForm = parts.length == WITHOUT_MORE || parts.length == WITHOUT_MORE + 1;
        Optional<UUID> job = hasForm ? JobAccess.parse(parts[0]) : Optional.empty();
        try {
            return job.map(id -> of(id, parts));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static EventId of(UUID job, String[] parts) {
        JsonNode more = parts.length == WITHOUT_MORE ? Rpc.object() : decoded(parts[WITHOUT_MORE]);
        return new EventId(
                job,
                new StreamedCall.Request(
                        decoded(parts[1]),
                        parts[2].isEmpty() ? null : decoded(parts[2]),
                        LogLevel.Wanted.of(parts[3]),
                        List.of()),
                more.path(TASK).asBoolean(),
                new StreamedCall.Told(
                        more.path(LINE).asLong(), more.path(PROGRESS).asDouble(StreamedCall.Told.NOTHING.progress())));
    }

    private static JsonNode decoded(String text) {
        return Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    }
}
