package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What a stream is to tell of a job, and how.
 *
 * @param job the job
 * @param request which request waits for its end
 * @param policy how the request's era has it
 */
record StreamedCall(UUID job, Request request, Policy policy) {
    /**
     * What a request waits for.
     *
     * @param id of the request
     * @param progressToken by which it is told of progress, or null
     * @param log whether it is told what the tool logs
     */
    record Request(JsonNode id, JsonNode progressToken, boolean log) {}

    /**
     * How an era has its streams.
     *
     * @param finish makes the answer of the ended job
     * @param leavingCancels whether a client that closes the stream wants the job cancelled
     * @param resumable whether a client comes back to where it was when the stream breaks
     * @param meta what is said beside all that is told of the job, or null
     */
    record Policy(Function<Job, ObjectNode> finish, boolean leavingCancels, boolean resumable, ObjectNode meta) {}

    /** What a client sends when it comes back, to whatever node: all that is needed to go on. */
    String eventId() {
        return job + "." + encoded(request.id()) + "."
                + (request.progressToken() == null ? "" : encoded(request.progressToken())) + "."
                + (request.log() ? 1 : 0);
    }

    private static String encoded(JsonNode value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
    }

    /** The job and the request of an event id; nothing if it is none of ours. */
    static Optional<StreamedCall> parse(String eventId, Policy policy) {
        String[] parts = eventId.split("\\.", -1);
        Optional<UUID> job = parts.length == 4 ? JobAccess.parse(parts[0]) : Optional.empty();
        try {
            return job.map(id -> new StreamedCall(
                    id,
                    new Request(decoded(parts[1]), parts[2].isEmpty() ? null : decoded(parts[2]), parts[3].equals("1")),
                    policy));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static JsonNode decoded(String text) {
        return Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    }
}
