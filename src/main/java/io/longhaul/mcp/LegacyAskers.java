package io.longhaul.mcp;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The streams of this node on which clients of sessions are asked. */
final class LegacyAskers {
    private final Set<Open> all = ConcurrentHashMap.newKeySet();

    private record Open(UUID job, LegacyAsker asker) {}

    void add(UUID job, LegacyAsker asker) {
        all.add(new Open(job, asker));
    }

    void remove(LegacyAsker asker) {
        all.removeIf(open -> open.asker().equals(asker));
    }

    /** The askers of a session for a job whose streams are at this node. */
    List<LegacyAsker> of(UUID session, UUID job) {
        return all.stream()
                .filter(open -> open.job().equals(job) && open.asker().session().equals(session))
                .map(Open::asker)
                .toList();
    }
}
