package io.longhaul.events;

import io.longhaul.jobs.JobChange;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The changes that will be read again, so that they are told once. */
final class SeenChanges {
    private final Map<UUID, JobChange> told = new HashMap<>();

    /** Whether this is to be told; it counts as told then. */
    boolean isNews(JobChange change) {
        JobChange before = told.get(change.id());
        boolean news = !change.standsAs(before);
        if (news || change.at().isAfter(before.at())) {
            told.put(change.id(), change);
        }
        return news;
    }

    /** Forgets what will not be read again. */
    void forgetBefore(Instant place) {
        told.values().removeIf(change -> change.at().isBefore(place));
    }

    void clear() {
        told.clear();
    }
}
