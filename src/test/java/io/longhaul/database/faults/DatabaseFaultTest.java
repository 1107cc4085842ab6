package io.longhaul.database.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** The meaning of errors that a real server sends. */
class DatabaseFaultTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static SQLException failure(String... statements) {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            throw new AssertionError("did not fail");
        } catch (SQLException e) {
            return e;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            VALUE_REFUSED | SELECT '"\\u0000"'::jsonb
            VALUE_REFUSED | SELECT 'no JSON'::jsonb
            VALUE_REFUSED | SELECT 32768::smallint
            WRONG_SCHEMA  | SELECT 'unheard of'::jobstatus
            WRONG_SCHEMA  | SELECT nothing FROM jobs
            WRONG_SCHEMA  | SELECT * FROM nothing
            BUSY          | SET LOCAL lock_timeout = '1ms'; SET statement_timeout = '1ms'; SELECT pg_sleep(5)
            ROW_REFUSED   | DO $$ BEGIN RAISE EXCEPTION 'no'; END $$
            BUSY          | CREATE TABLE t (a int); PREPARE p AS TABLE t; ALTER TABLE t ADD b int; EXECUTE p
            ROW_REFUSED   | SELECT (SELECT n FROM generate_series(1, 2) n)
            ROW_REFUSED   | CREATE TEMP SEQUENCE fresh; SELECT currval('fresh')
            UNKNOWN       | SELEC 1
            AWAY          | SELECT pg_terminate_backend(pg_backend_pid())
            """)
    void anErrorOfTheServerMeansTheSameToEverybody(DatabaseFault fault, String sql) {
        SQLException failure = failure(sql);

        assertThat(DatabaseFault.of(new IllegalStateException(failure)))
                .as(failure.getSQLState())
                .isEqualTo(fault);
        // The server's own message proves that it did nothing.
        assertThat(DatabaseFault.leavesDoubt(failure)).isFalse();
    }

    /** Whatever a function of the database's owner does wrong, it is no fault of the schema or of a statement of ours. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ROW_REFUSED        | 2F005 |
            ROW_REFUSED        | 21000 | PERFORM (SELECT n FROM generate_series(1, 2) n);
            ROW_REFUSED        | 55000 | PERFORM currval('fresh');
            ROW_REFUSED        | 0A000 | RAISE EXCEPTION 'no' USING ERRCODE = '0A000';
            ROW_REFUSED        | 45000 | RAISE EXCEPTION 'no' USING ERRCODE = '45000';
            ROW_REFUSED        | UE001 | RAISE EXCEPTION 'no' USING ERRCODE = 'UE001';
            ROW_REFUSED        | XX001 | RAISE EXCEPTION 'no' USING ERRCODE = 'XX001';
            ROW_REFUSED        | 42703 | PERFORM nothing FROM guarded;
            ROW_REFUSED        | 42P01 | PERFORM FROM nothing;
            ROW_REFUSED        | 42883 | PERFORM nothing(1);
            ROW_REFUSED        | 42601 | EXECUTE 'SELEC 1';
            ROW_REFUSED        | 2D000 | COMMIT;
            ROW_REFUSED        | 25001 | EXECUTE 'VACUUM';
            VALUE_REFUSED      | 22012 | PERFORM 1 / 0;
            BUSY               | 40001 | RAISE EXCEPTION 'no' USING ERRCODE = '40001';
            BUSY               | 08001 | RAISE EXCEPTION 'another server' USING ERRCODE = '08001';
            AWAY               | 57P01 | PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1);
            """)
    void anErrorInATriggerRefusesTheRow(DatabaseFault fault, String state, String body) {
        SQLException failure = failure(
                "CREATE SEQUENCE IF NOT EXISTS fresh",
                "CREATE TABLE IF NOT EXISTS guarded (a int)",
                "CREATE OR REPLACE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        + (body == null ? "" : body) + " END $$",
                "CREATE OR REPLACE TRIGGER mine BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION mine()",
                "INSERT INTO guarded VALUES (1)");

        assertThat(failure.getSQLState()).isEqualTo(state);
        assertThat(DatabaseFault.of(failure)).isEqualTo(fault);
    }

    /** Our own function that finds no table means that a table of the schema is gone. */
    @Test
    void anErrorInATriggerOfOursIsTheSchemas() {
        SQLException failure = failure(
                "CREATE FUNCTION tell_webhooks_of_nothing() RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM FROM nothing; END'",
                "SELECT tell_webhooks_of_nothing()");

        assertThat(DatabaseFault.of(failure)).isEqualTo(DatabaseFault.WRONG_SCHEMA);
    }

    @Test
    void anErrorInAFunctionInSqlRefusesTheRow() {
        SQLException failure = failure(
                "SET check_function_bodies = off",
                "CREATE FUNCTION in_sql(n int) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM nothing WHERE n > 1'",
                "SELECT in_sql(2)");

        assertThat(DatabaseFault.of(failure)).isEqualTo(DatabaseFault.ROW_REFUSED);
    }

    @ParameterizedTest
    @CsvSource({"08006,true", "57P01,true", "40003,true", "53300,false"})
    void aMessageOfDriverOrPoolerLeavesDoubt(String state, boolean doubt) {
        assertThat(DatabaseFault.leavesDoubt(new SQLException("said by another", state)))
                .isEqualTo(doubt);
    }

    @Test
    void aServerThatIsReadOnlyIsNotAway() {
        SQLException failure = failure("SET default_transaction_read_only = on", "DELETE FROM jobs");

        assertThat(DatabaseFault.of(failure)).isEqualTo(DatabaseFault.READ_ONLY);
        assertThat(DatabaseFault.READ_ONLY.passes()).isTrue();
    }

    @Test
    void aDuplicateSequenceNumberIsNoRefusedValue() {
        String node = "INSERT INTO nodes (name, version, lease_until) VALUES ('n', '1', NOW())";

        SQLException failure = failure(node, "ALTER TABLE nodes ALTER COLUMN id RESTART WITH 1", node);

        assertThat(DatabaseFault.of(failure)).isEqualTo(DatabaseFault.NUMBER_TAKEN);
        assertThat(DatabaseFault.NUMBER_TAKEN.passes()).isTrue();
        assertThat(DatabaseFault.NUMBER_TAKEN.refuses()).isFalse();
    }

    @Test
    void aDuplicateKeyIsARefusedValue() {
        String key = "INSERT INTO tool_pauses (tool_name) VALUES ('twice')";

        assertThat(DatabaseFault.of(failure(key, key))).isEqualTo(DatabaseFault.VALUE_REFUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "08006,AWAY",
        "57P03,AWAY",
        "28P01,AWAY",
        "3D000,AWAY",
        "53300,NO_CONNECTION_LEFT",
        "53100,DISK_FULL",
        "53200,BUSY",
        "40001,BUSY",
        "40P01,BUSY",
        "55P03,BUSY",
        "26000,BUSY",
        "25006,READ_ONLY",
        "54000,VALUE_REFUSED",
        "0A000,UNKNOWN"
    })
    void aCodeMeansTheSameWithoutTheServersWords(String state, DatabaseFault fault) {
        assertThat(DatabaseFault.of(new SQLException("said by a driver", state)))
                .isEqualTo(fault);
    }

    /** The driver has no code for this; its message is in the language of the JVM. */
    @Test
    void serversWithoutAPrimaryAreReadOnly() {
        SQLException none = new PSQLException(
                GT.tr("Could not find a server with specified targetServerType: {0}", "primary"),
                PSQLState.CONNECTION_UNABLE_TO_CONNECT);

        assertThat(DatabaseFault.of(new IllegalStateException(none))).isEqualTo(DatabaseFault.READ_ONLY);
        assertThat(DatabaseFault.findsNoPrimary(none)).isTrue();
        assertThat(DatabaseFault.findsNoPrimary(new SQLException("refused", "08001")))
                .isFalse();
    }

    @Test
    void otherExceptionsAreUnknown() {
        assertThat(DatabaseFault.of(new IllegalStateException("ours"))).isEqualTo(DatabaseFault.UNKNOWN);
        assertThat(DatabaseFault.of(new SQLException("a connection that was closed")))
                .isEqualTo(DatabaseFault.AWAY);
    }
}
