package io.longhaul.jobs.sql;

import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Asks which jobs other transactions hold, for as long as they like. */
public final class HeldJobs {
    private HeldJobs() {}

    /** Those of these jobs whose rows other transactions hold; all of them if the database does not say. */
    public static Set<UUID> among(UUID[] ids, Jdbi jdbi) {
        try {
            return Set.copyOf(jdbi.withExtension(JobTransitions.class, t -> t.locked(ids)));
        } catch (RuntimeException e) {
            // Then all have to wait.
            return Set.of(ids);
        }
    }
}
