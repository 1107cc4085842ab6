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

    /** Asks the client of a session again what it answered wrong, if its stream is at this node. */
    void askAgain(UUID session, UUID job, List<WrongResponse> wrong) {
        for (Open open : all) {
            if (open.job().equals(job) && open.asker().session().equals(session)) {
                wrong.forEach(open.asker()::askAgain);
            }
        }
    }
}
