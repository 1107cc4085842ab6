package io.longhaul.jobs.sql;

/**
 * SQL for {@code jobs.expires_at}. Of an ended job it is the time from which it may be deleted; of a pending one the
 * time at which it fails if its first attempt has not begun, infinity without such a limit.
 */
// Programs of schema level 20 and lower fail every pending job whose expires_at has come, and claim only the others: a
// time that they know to be far away is the only one that keeps them from it.
final class Lifetimes {
    /** Of a job that ends now. Rows of other systems have no ttl, only the two times. */
    static final String KEPT =
            "NOW() + COALESCE(make_interval(secs => ttl_seconds), NULLIF(expires_at, 'infinity') - created_at, INTERVAL '1 day')";

    /**
     * Of a job that waits for another attempt: it has begun, so that its limit is over. A row without ttl keeps the time,
     * from which {@link ExpiryTransitions#liftLimits} computes one.
     */
    static final String WAITING = "CASE WHEN ttl_seconds IS NULL THEN expires_at ELSE 'infinity' END";

    private Lifetimes() {}
}
