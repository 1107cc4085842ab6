package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Notifies from one connection to another. */
final class Notifications {
    /** Much longer than a round trip takes; the end of the patience is no error, only a slower mode. */
    private static final int PATIENCE_MILLIS = 5_000;

    private Notifications() {}

    static Finding trial(Connection one, Connection other) throws SQLException {
        String channel = "longhaul_probe_" + UUID.randomUUID().toString().replace('-', '_');
        Queries.execute(one, "LISTEN " + channel);
        Queries.execute(other, "NOTIFY " + channel);
        PGNotification[] heard = one.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
        return heard != null && heard.length > 0
                ? Finding.yes(Capability.NOTIFICATIONS, "A notification arrived at a second connection.")
                : Finding.no(
                        Capability.NOTIFICATIONS,
                        "No notification arrived within " + PATIENCE_MILLIS / 1000 + " s.",
                        Finding.cure(Capability.NOTIFICATIONS));
    }
}
