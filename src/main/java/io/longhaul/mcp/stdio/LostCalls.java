package io.longhaul.mcp.stdio;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Calls whose answer was lost although their jobs go on: the same call of the client joins its job. */
final class LostCalls {
    private static final int MOST = 100;

    private final Map<String, String> ids = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    };

    /** The id of a call: that of the lost one which it repeats, or a new one. */
    synchronized String id(Request call) {
        String lost = ids.remove(call.called());
        return lost == null ? UUID.randomUUID().toString() : lost;
    }

    synchronized void add(Request call, String id) {
        ids.put(call.called(), id);
    }
}
