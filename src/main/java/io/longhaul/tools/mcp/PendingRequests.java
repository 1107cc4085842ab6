package io.longhaul.tools.mcp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The requests of a connection that are under way, and to which of them a message of the server belongs. */
final class PendingRequests {
    private final Map<String, PendingRequest> byId = new ConcurrentHashMap<>();

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

    Collection<PendingRequest> all() {
        return List.copyOf(byId.values());
    }

    /** The request on whose stream something came, or else the only one under way; null if there are several. */
    PendingRequest belonging(PendingRequest own) {
        return own != null ? own : only();
    }

    /** The only request under way; null if there are several, or none. */
    PendingRequest only() {
        Collection<PendingRequest> all = all();
        return all.size() == 1 ? all.iterator().next() : null;
    }
}
