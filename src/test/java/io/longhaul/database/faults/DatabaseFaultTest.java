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
        "XX001,ROW_REFUSED",
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
