package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sequences that are behind their tables, as after a restore. */
class SequencesTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** All sequences of the schema, so that a new one is not forgotten. */
    private static List<String> sequences() {
        return JOBS.jdbi()
                .withHandle(h -> h.createQuery("""
                        SELECT format('%s.%s', c.table_name, c.column_name)
                        FROM information_schema.columns c
                        WHERE c.table_schema = current_schema()
                          AND pg_get_serial_sequence(format('%I', c.table_name), c.column_name) IS NOT NULL
                        """).mapTo(String.class).list());
    }

    private static String sequence(String column) {
        String[] names = column.split("\\.");
        return JOBS.jdbi()
                .withHandle(h -> h.select("SELECT pg_get_serial_sequence(?, ?)", names[0], names[1])
                        .mapTo(String.class)
                        .one());
    }

    private static long next(String column) {
        return JOBS.jdbi()
                .withHandle(h -> h.select("SELECT nextval(?::regclass)", sequence(column))
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void everySequenceIsAdvancedPastTheHighestNumberInUse() {
        JOBS.update(
                "INSERT INTO nodes (id, name, version, lease_until) OVERRIDING SYSTEM VALUE VALUES (70, 'n', '1', NOW())");
        JOBS.update(
                "INSERT INTO audit_log (id, principal, action, status) OVERRIDING SYSTEM VALUE VALUES (70, 'p', 'a', 200)");
        JOBS.update(
                "INSERT INTO tool_callback_messages (id, token, body) OVERRIDING SYSTEM VALUE VALUES (70, 't', 'b')");
        Lease lease = JOBS.leased();
        JOBS.update("UPDATE jobs SET queue_seq = 70");
        JOBS.update("INSERT INTO job_logs (job_id, line_no, attempt, logged_at, line) OVERRIDING SYSTEM VALUE"
                + " VALUES ('" + lease.jobId() + "', 70, 1, NOW(), 'old')");
        assertThat(sequences()).hasSize(5);
        sequences().forEach(column -> JOBS.update("SELECT setval('" + sequence(column) + "', 3)"));

        Sequences.heal(JOBS.jdbi());

        assertThat(sequences()).allSatisfy(column -> assertThat(next(column)).isGreaterThanOrEqualTo(71));
    }

    /** Places of fairness keys run ahead of the sequence in ordinary running. */
    @Test
    void aJobWithAFairnessKeyMayBeAheadOfTheSequence() {
        JOBS.leased();
        JOBS.update("UPDATE jobs SET queue_seq = 5000, fairness_key = 'ann'");
        JOBS.update("SELECT setval('" + sequence("jobs.queue_seq") + "', 4970)");

        Sequences.heal(JOBS.jdbi());

        assertThat(next("jobs.queue_seq")).isEqualTo(4971);
    }

    @Test
    void aSequenceThatIsAheadIsNotChanged() {
        JOBS.update("SELECT setval('" + sequence("nodes.id") + "', 1000)");

        Sequences.heal(JOBS.jdbi());

        assertThat(next("nodes.id")).isEqualTo(1001);
    }
}
