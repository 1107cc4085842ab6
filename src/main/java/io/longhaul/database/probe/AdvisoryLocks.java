package io.longhaul.database.probe;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/** Takes an advisory lock for a transaction, and sees whether a second connection can take it too. */
final class AdvisoryLocks {
    private AdvisoryLocks() {}

    static Finding trial(Connection one, Connection other) throws SQLException {
        // Any key serves; a random one meets nobody else's.
        long lock = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
        boolean held = Queries.isTrue(one, "SELECT count(pg_advisory_xact_lock(" + lock + ")) = 1");
        return held && !Queries.isTrue(other, "SELECT pg_try_advisory_xact_lock(" + lock + ")")
                ? Finding.yes(Capability.ADVISORY_LOCKS, "A second connection was held off.")
                : Finding.no(
                        Capability.ADVISORY_LOCKS,
                        "Two connections held the same lock.",
                        Finding.cure(Capability.ADVISORY_LOCKS));
    }
}
