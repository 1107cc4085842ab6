package io.longhaul.jobs.sql;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Advances sequences that are behind the highest number in their tables. That happens after a standby of logical
 * replication took over, which does not replicate sequences, or after a careless restore. New numbers would then be
 * in use, or sort before old ones.
 */
public final class Sequences {
    /** Name of the housekeeping task. */
    public static final String TASK = "sequences";

    /** A sequence that falls behind while nodes run was set by hand. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    /** Numbers are drawn and dropped, because the role of a server may draw them but may not set a sequence. */
    private static final int AT_ONCE = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    /** The column of each sequence, and the query for the highest number there, which an index serves. */
    private static final Map<String, String> HIGHEST = Map.of(
            "nodes.id", "SELECT max(id) FROM nodes",
            "audit_log.id", "SELECT max(id) FROM audit_log",
            "tool_callback_messages.id", "SELECT max(id) FROM tool_callback_messages",
            // A job with a fairness key is put ahead of the sequence on purpose (FairQueue), which follows later.
            "jobs.queue_seq", """
            SELECT max(j.queue_seq)
            FROM (SELECT queue_seq, fairness_key FROM jobs ORDER BY created_at DESC LIMIT 1000) AS j
            WHERE j.fairness_key IS NULL
            """,
            "job_logs.line_no", """
            SELECT max(l.line_no)
            FROM job_logs l
            WHERE l.job_id IN (SELECT id FROM jobs ORDER BY created_at DESC LIMIT 1000)
            """);

    private Sequences() {}

    /** Advances all sequences that are behind. */
    public static void heal(Jdbi jdbi) {
        jdbi.useHandle(handle -> HIGHEST.forEach((column, query) -> advance(
                handle,
                column,
                handle.createQuery(query).mapTo(Long.class).findOne().orElse(null))));
    }

    /** Advances the sequence of log lines past the lines of these jobs, after their lines could not be stored. */
    public static void healLines(Jdbi jdbi, Collection<UUID> jobs) {
        jdbi.useHandle(handle -> advance(
                handle,
                "job_logs.line_no",
                handle.createQuery("SELECT max(line_no) FROM job_logs WHERE job_id = ANY (:jobs)")
                        .bind("jobs", jobs.stream().distinct().toArray(UUID[]::new))
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(null)));
    }

    private static void advance(Handle handle, String column, Long highest) {
        String[] names = column.split("\\.");
        long behind = highest == null ? 0 : behind(handle, names, highest);
        if (behind > 0) {
            LOG.warn(
                    "The sequence of {} is {} numbers behind, as after a restore: it is brought forward",
                    column,
                    behind);
        }
        for (long left = behind; left > 0; left -= AT_ONCE) {
            handle.createQuery("""
                            SELECT count(nextval(pg_get_serial_sequence(:table, :column)))
                            FROM generate_series(1, :howMany)
                            """)
                    .bind("table", names[0])
                    .bind("column", names[1])
                    .bind("howMany", Math.min(left, AT_ONCE))
                    .mapTo(Long.class)
                    .one();
        }
    }

    private static long behind(Handle handle, String[] names, long highest) {
        return handle.createQuery("""
                        SELECT :highest - COALESCE(pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass), 0)
                        """)
                .bind("highest", highest)
                .bind("table", names[0])
                .bind("column", names[1])
                .mapTo(Long.class)
                .one();
    }
}
