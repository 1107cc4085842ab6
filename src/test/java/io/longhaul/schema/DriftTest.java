package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OlderPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds, weighs and repairs each possible change of the schema by hand; see {@code drifts.csv}. */
public abstract class DriftTest {
    private static final SchemaExpectation PACKED = SchemaExpectation.packed();

    /** One for each class: a session that has read the catalog once reads it three times as fast. */
    private static Connection connection;

    /** One change by hand. */
    record Drift(String statements, Severity severity, String subject, String found, int since) {
        static Drift parse(String line) {
            String[] parts = line.split(" \\| ", -1);
            boolean recent = parts[0].startsWith("[");
            int since = recent ? Integer.parseInt(parts[0].substring(1, 3)) : 0;
            return new Drift(
                    recent ? parts[0].substring(4).strip() : parts[0],
                    Severity.valueOf(parts[1].strip()),
                    parts[2].strip(),
                    parts[3].strip(),
                    since);
        }

        boolean isToldBy(Difference difference) {
            return difference.line().startsWith(subject) && difference.line().contains(found);
        }

        @Override
        public String toString() {
            return statements;
        }
    }

    static List<Drift> drifts() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/drifts.csv"), StandardCharsets.UTF_8).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(Drift::parse)
                .toList();
    }

    /** A migrated database of the version under test. */
    abstract DataSource source();

    @ParameterizedTest(name = "{0}")
    @MethodSource("drifts")
    void findsWeighsAndRepairsEachDrift(Drift drift) throws SQLException {
        if (connection.getMetaData().getDatabaseMajorVersion() < drift.since()) {
            // This server cannot drift so, and must refuse the statements.
            assertThat(refuses(drift.statements())).isTrue();
            return;
        }
        run(drift.statements());
        List<Difference> found = differences();
        assertThat(found).anyMatch(drift::isToldBy);
        assertThat(found)
                .filteredOn(drift::isToldBy)
                .extracting(Difference::severity)
                .containsOnly(drift.severity());
        assertThat(found)
                .allSatisfy(difference ->
                        assertThat(difference.repair()).as(difference.line()).isNotBlank());
        repair(found);
        assertThat(differences())
                .as("after the repairs of %s", found)
                .allMatch(difference -> difference.repair().startsWith("--"));
    }

    /** Upkeep, ownership, comments and foreign objects are no drift. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "ANALYZE",
                "COMMENT ON TABLE jobs IS 'ours'; COMMENT ON COLUMN jobs.id IS 'a UUID'",
                "CREATE ROLE somebody; ALTER TABLE jobs OWNER TO somebody",
                "CREATE ROLE somebody; GRANT ALL ON jobs TO somebody",
                "CLUSTER jobs USING jobs_pkey",
                "REINDEX TABLE jobs",
                "INSERT INTO tool_pauses (tool_name) VALUES ('a'); TRUNCATE tool_pauses",
                "SELECT nextval('job_queue_seq')",
                "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.jobs (id int); CREATE TYPE elsewhere.jobstatus AS ENUM ('a')",
                "CREATE SCHEMA elsewhere; SET LOCAL search_path = public, elsewhere; CREATE TABLE elsewhere.jobs (id int)",
                "CREATE TEMPORARY TABLE jobs_to_copy AS TABLE jobs",
                "CREATE EXTENSION pg_trgm",
                "ALTER TABLE jobs DROP COLUMN node_name; ALTER TABLE jobs ADD COLUMN node_name varchar(255)",
                "ALTER TABLE jobs RENAME COLUMN result TO r; ALTER TABLE jobs RENAME COLUMN r TO result",
                "SET LOCAL search_path = nowhere, public",
                "SET LOCAL quote_all_identifiers = on",
                "SET LOCAL TimeZone = 'Asia/Kolkata'; SET LOCAL IntervalStyle = 'iso_8601'",
            })
    void isNoDrift(String statements) throws SQLException {
        run(statements);
        assertThat(differences()).isEmpty();
    }

    /** Statements that cannot run in a transaction. */
    @Test
    void rebuildingIsNoDrift() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
        run("VACUUM (FULL, ANALYZE) jobs");
        run("REINDEX TABLE CONCURRENTLY jobs");
        run("REINDEX INDEX CONCURRENTLY uq_jobs_idempotency_key");
        connection.setAutoCommit(false);
        assertThat(differences()).isEmpty();
    }

    /** A dump prints each object by the same functions, so a restored one is built from the same texts. */
    @Test
    void aSchemaBuiltFromItsFactsIsTheSame() throws SQLException {
        run("CREATE SCHEMA restored; SET LOCAL search_path = restored");
        repair(differences());
        assertThat(differences()).isEmpty();
    }

    /** Every change is rolled back with its transaction. */
    @BeforeEach
    void begin() throws SQLException {
        if (connection == null) {
            connection = source().getConnection();
            connection.setAutoCommit(false);
        }
        try (Statement statement = connection.createStatement()) {
            // No statement leads to such a state, so the catalog itself is changed.
            statement.execute("SET LOCAL allow_system_table_mods = on");
        }
    }

    @AfterEach
    void undo() throws SQLException {
        connection.rollback();
    }

    @AfterAll
    static void leave() throws SQLException {
        connection.close();
        connection = null;
    }

    private List<Difference> differences() throws SQLException {
        return PACKED.differences(CatalogSnapshot.inTransaction(connection, ""), PACKED.level());
    }

    private boolean refuses(String sql) {
        try {
            run(sql);
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void repair(List<Difference> differences) throws SQLException {
        for (Difference difference : differences) {
            if (!difference.repair().startsWith("--")) {
                // A concurrent build cannot run in this transaction.
                run(difference.repair().replace(" CONCURRENTLY", ""));
            }
        }
    }

    /** Keeps a server of another version for a class of tests. */
    static final class Server implements AutoCloseable {
        private final OlderPostgres postgres;
        private final DataSource source;

        Server(int major) throws Exception {
            postgres = OlderPostgres.start(major);
            source = postgres.database();
            new Migrations(source).up();
        }

        DataSource source() {
            return source;
        }

        OlderPostgres postgres() {
            return postgres;
        }

        @Override
        public void close() throws Exception {
            postgres.close();
        }
    }
}
