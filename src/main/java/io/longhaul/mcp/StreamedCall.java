package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * A call whose answer is sent on a stream.
 *
 * @param job job of the call
 * @param request the request that waits for the end of the job
 * @param policy rules of the request's era
 */
record StreamedCall(UUID job, Request request, Policy policy) {
    /**
     * The request that waits.
     *
     * @param id id of the request
     * @param progressToken token for progress notifications, or null
     * @param log what is logged on the stream
     * @param warnings of names in the request that nobody reads
     */
    record Request(JsonNode id, JsonNode progressToken, LogLevel.Wanted log, List<String> warnings) {}

    /**
     * The rules of an era for streams.
     *
     * @param finish makes the answer from the ended job
     * @param leavingCancels cancels the job when the client closes the stream
     * @param resumable lets a client resume the stream after it broke
     * @param meta {@code _meta} of all notifications, or null
     * @param asker asks the client what the job asks
     */
    record Policy(
            Function<Job, ObjectNode> finish,
            boolean leavingCancels,
            boolean resumable,
            ObjectNode meta,
            Asker asker) {}

    /** The event id that a client sends to resume the stream at any node. It holds all that this needs. */
    String eventId() {
        return job + "." + encoded(request.id()) + "."
                + (request.progressToken() == null ? "" : encoded(request.progressToken())) + "."
                + request.log().code();
    }

    private static String encoded(JsonNode value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
    }

    /** The call of an event id; empty if the id is not of this form. */
    static Optional<StreamedCall> parse(String eventId, Policy policy) {
        String[] parts = eventId.split("\\.", -1);
        Optional<UUID> job = parts.length == 4 ? JobAccess.parse(parts[0]) : Optional.empty();
        try {
            return job.map(id -> new StreamedCall(
                    id,
                    new Request(
                            decoded(parts[1]),
                            parts[2].isEmpty() ? null : decoded(parts[2]),
                            LogLevel.Wanted.of(parts[3]),
                            List.of()),
                    policy));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static JsonNode decoded(String text) {
        return Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    }
}
