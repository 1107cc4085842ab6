package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * A call whose answer is sent on a stream.
 *
 * @param job job of the call
 * @param request the request that waits for the end of the job
 * @param policy rules of the request's era
 * @param told what earlier streams of the same request have told
 */
record StreamedCall(UUID job, Request request, Policy policy, Told told) {
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

    /**
     * What a client has been told.
     *
     * @param line the last line of the job's log, or 0
     * @param progress the last number, or negative infinity
     */
    record Told(long line, double progress) {
        static final Told NOTHING = new Told(0, Double.NEGATIVE_INFINITY);
    }
}
