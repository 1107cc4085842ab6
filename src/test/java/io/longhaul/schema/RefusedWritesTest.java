package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Additions to the schema that refuse or change one of a job's statements, or do not; verify knows, and its repair lets
 * them pass. A role that may only change rows runs the statements; see {@code refusals.csv}.
 */
class RefusedWritesTest {
    private static final SchemaExpectation PACKED = SchemaExpectation.packed();

    /** The step at which the life of a job ended. */
    private enum End {
        SUBMIT,
        CLAIM,
        COMPLETE,
        CLEAN_UP,
        CHANGED,
        NOWHERE
    }

    /** One addition. */
    private record Addition(String statements, End end) {
        @Override
        public String toString() {
            return statements;
        }
    }

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private Connection connection;
    private TestJobs jobs;

    static List<Addition> additions() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/refusals.csv"), StandardCharsets.UTF_8).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split(" \\| ", -1))
                .map(parts -> new Addition(parts[0].strip(), End.valueOf(parts[1].strip())))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void anAdditionIsFatalIfItRefusesOrChangesAWriteAndBenignIfNot(Addition addition) throws SQLException {
        run(addition.statements());
        List<Difference> found = differences();
        assertThat(endOfAJob()).isEqualTo(addition.end());
        if (addition.end() == End.NOWHERE) {
            assertThat(found)
                    .allMatch(difference -> difference.severity() != Severity.FATAL)
                    .allMatch(difference -> difference.severity() == Severity.DEGRADED
                            || difference.repair().startsWith("--"));
            return;
        }
        assertThat(fatal(found)).as("%s", found).isNotEmpty();
        // A repair may reveal another problem.
        for (int round = 0; round < 2; round++) {
            for (Difference difference : fatal(differences())) {
                // A concurrent drop cannot run in this transaction.
                run(difference.repair().replace(" CONCURRENTLY", ""));
            }
        }
        assertThat(fatal(differences())).isEmpty();
        assertThat(endOfAJob()).as("after %s", found).isEqualTo(End.NOWHERE);
    }

    private static List<Difference> fatal(List<Difference> differences) {
        return differences.stream()
                .filter(difference -> difference.severity() == Severity.FATAL)
                .toList();
    }

    /** Takes a job through its life as an ordinary role, and rolls everything back. */
    private End endOfAJob() throws SQLException {
        run("SET LOCAL ROLE app");
        Savepoint before = connection.setSavepoint();
        End[] reached = {End.SUBMIT};
        try {
            return live(reached);
        } catch (RuntimeException e) {
            return reached[0];
        } finally {
            connection.rollback(before);
            run("RESET ROLE");
        }
    }

    private End live(End[] reached) {
        String noise = noise();
        UUID id = jobs.enqueue(TestJobs.withParams(TestJobs.TOOL, "{\"size\": \"large\", \"who\": " + noise + "}"));
        jobs.update("SET CONSTRAINTS ALL IMMEDIATE");
        if (jobs.count(
                        "SELECT count(*) FROM jobs WHERE id = ? AND tool_name = ? AND trace_id = 'trace'",
                        id,
                        TestJobs.TOOL)
                != 1) {
            return End.CHANGED;
        }
        reached[0] = End.CLAIM;
        Lease lease = jobs.claim(jobs.liveNode());
        reached[0] = End.COMPLETE;
        if (!jobs.end(lease, noise)
                || !jobs.stored(id, "result::text", String.class).equals(noise)) {
            return End.CHANGED;
        }
        reached[0] = End.CLEAN_UP;
        jobs.update("UPDATE jobs SET expires_at = now() - interval '1 min' WHERE id = ?", id);
        jobs.deleteExpired(10);
        return jobs.count("SELECT count(*) FROM jobs WHERE id = ?", id) == 0 ? End.NOWHERE : End.CLEAN_UP;
    }

    /** Longer than an index entry may be, and not compressible. */
    private static String noise() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < 12_000; i++) {
            text.append((char) ('A' + random.nextInt(26) + 32 * random.nextInt(2)));
        }
        return text.append('"').toString();
    }

    /** Every addition is rolled back with its transaction. */
    @BeforeEach
    void begin() throws SQLException {
        connection = DATABASE.dataSource().getConnection();
        connection.setAutoCommit(false);
        jobs = TestJobs.on(
                Jdbi.create(connection).installPlugin(new SqlObjectPlugin()).installPlugin(new PostgresPlugin()));
        run(
                "CREATE ROLE app; GRANT ALL ON ALL TABLES IN SCHEMA public TO app; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app");
    }

    @AfterEach
    void undo() throws SQLException {
        connection.rollback();
        connection.close();
    }

    private List<Difference> differences() throws SQLException {
        return PACKED.differences(CatalogSnapshot.inTransaction(connection, "app"), PACKED.level());
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
