package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Protocol;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests of a connection that are under way, and to which of them a message of the server belongs. */
final class PendingRequests {
    private final Map<String, PendingRequest> byId = new ConcurrentHashMap<>();

    /** Cancelled requests that the server may still work on, so that it may still ask for them. */
    private final Set<String> abandoned = ConcurrentHashMap.newKeySet();

    void add(PendingRequest request) {
        byId.put(request.id(), request);
    }

    /** The request with this id, or null. */
    PendingRequest get(String id) {
        return byId.get(id);
    }

    /** Takes out the request with this id; null if there is none. */
    PendingRequest remove(String id) {
        return byId.remove(id);
    }

    /** Takes out the request that the server has answered; null if it was cancelled before. */
    PendingRequest answered(String id) {
        PendingRequest request = byId.remove(id);
        if (request == null) {
            abandoned.remove(id);
        }
        return request;
    }

    /**
     * Takes out the request whose answer this is; null if it is unknown: the late answer to a cancelled one, or one with a
     * foreign id.
     *
     * @param own the request on whose stream it came, or null if all share one; then it can answer no other
     */
    PendingRequest answered(JsonNode message, PendingRequest own) {
        JsonNode id = message.path("id");
        if (own == null) {
            return id.isTextual() ? answered(id.textValue()) : null;
        }
        // An error has no id where the server could not read that of the request.
        boolean nameless = (id.isNull() || id.isMissingNode()) && message.has("error");
        return nameless || own.id().equals(id.textValue()) ? answered(own.id()) : null;
    }

    /** Takes out a request that is cancelled, on a connection whose requests share one stream. */
    void abandon(PendingRequest request) {
        // In one step with the removal, so that an answer that comes meanwhile is noticed.
        byId.computeIfPresent(request.id(), (id, present) -> {
            if (present.listener() != PendingRequest.Listener.NONE) {
                abandoned.add(id);
            }
            return null;
        });
    }

    Collection<PendingRequest> all() {
        return List.copyOf(byId.values());
    }

    /** The request on whose stream something came, or else the only one under way; null if there are several. */
    PendingRequest belonging(PendingRequest own) {
        return own != null ? own : only();
    }

    /**
     * The request for which the server asks: the one on whose stream the question came, or that waits for the task which it
     * names, or else the only one under way. Null if that is not certain, because what one caller is asked must not be
     * shown to another.
     */
    PendingRequest asking(JsonNode question, PendingRequest own) {
        if (own != null) {
            return own;
        }
        JsonNode task = question.path("params")
                .path("_meta")
                .path(Protocol.META_RELATED_TASK)
                .path("taskId");
        if (task.isTextual()) {
            return all().stream()
                    .filter(request ->
                            task.textValue().equals(request.listener().task()))
                    .findFirst()
                    .orElse(null);
        }
        return abandoned.isEmpty() ? only() : null;
    }

    /** The only request under way; null if there are several, or none. */
    PendingRequest only() {
        Collection<PendingRequest> all = all();
        return all.size() == 1 ? all.iterator().next() : null;
    }
}
