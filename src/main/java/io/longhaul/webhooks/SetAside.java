package io.longhaul.webhooks;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.telemetry.Telemetry;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Sets deliveries aside that the database refuses to change or to read, so that they do not hold up the others. */
record SetAside(Jdbi jdbi, Telemetry telemetry) {
    /** The name under which they are set aside. */
    private static final String TASK = "webhook";

    /** Throws a failure that a row is not to blame for. */
    static void requireRefusal(RuntimeException failure) {
        if (!DatabaseFault.of(failure).refuses()) {
            throw failure;
        }
    }

    void add(UUID delivery, RuntimeException failure) {
        requireRefusal(failure);
        jdbi.useExtension(
                Quarantine.class,
                q -> q.add(TASK, delivery, DatabaseFault.root(failure).getMessage()));
        telemetry.quarantined(TASK, delivery, failure);
    }
}
