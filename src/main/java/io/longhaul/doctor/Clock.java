package io.longhaul.doctor;

import io.longhaul.schema.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Compares this machine's clock with the database's. */
final class Clock {
    /** Longer than any round trip, and less than people notice between two logs. */
    private static final Duration MOST = Duration.ofSeconds(2);

    private Clock() {}

    static Result look(Connection connection, Supplier<Instant> here) throws SQLException {
        Instant before = here.get();
        Instant there = Instant.ofEpochMilli(Long.parseLong(
                Queries.first(connection, "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint")));
        Instant after = here.get();
        Duration difference = there.isBefore(before)
                ? Duration.between(there, before)
                : there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
        String message = "This machine's clock differs by " + difference.toMillis() + " ms from the database's.";
        return difference.compareTo(MOST) > 0
                ? Result.warn(
                        "clock",
                        message + " Jobs go by the database's; logs, tokens and certificates by this one.",
                        "timedatectl set-ntp true, here and there")
                : Result.ok("clock", message);
    }
}
