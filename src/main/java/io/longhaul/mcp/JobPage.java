package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A page of the jobs that a caller may see, the newest first.
 *
 * @param jobs jobs of this page
 * @param next cursor of the next page, or null if this is the last
 */
record JobPage(List<Job> jobs, String next) {
    /** The page that a request asks for. */
    static JobPage of(RpcMessage message, JobAccess jobs, Caller caller, int size) {
        String cursor = cursor(message);
        List<Job> found = jobs.page(caller, cursor == null ? null : parse(cursor), size + 1);
        if (found.size() <= size) {
            return new JobPage(found, null);
        }
        Job last = found.get(size - 1);
        return new JobPage(found.subList(0, size), cursor(last));
    }

    private static String cursor(RpcMessage message) {
        JsonNode cursor = message.params().path("cursor");
        if (!cursor.isMissingNode() && !cursor.isNull() && !cursor.isTextual()) {
            throw wrongCursor();
        }
        return cursor.textValue();
    }

    /** Refuses any cursor, as a list that fits one page gives none. */
    static void requireFirst(RpcMessage message) {
        if (cursor(message) != null) {
            throw wrongCursor();
        }
    }

    private static RpcError wrongCursor() {
        return new RpcError(RpcError.INVALID_PARAMS, "Invalid params: the cursor is none that this server gave.");
    }

    private static String cursor(Job last) {
        String place = last.createdAt() + " " + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    private static JobFilter.Position parse(String cursor) {
        try {
            String[] place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
            return new JobFilter.Position(
                    Instant.parse(place[0]), JobAccess.parse(place[1]).orElseThrow());
        } catch (RuntimeException e) {
            throw wrongCursor();
        }
    }

    ObjectNode addCursor(ObjectNode result) {
        return next == null ? result : result.put("nextCursor", next);
    }
}
