package io.longhaul.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestDatabaseTest {
    @RegisterExtension
    static final TestDatabase PER_CLASS = TestDatabase.migrated();

    @RegisterExtension
    final TestDatabase perTest = TestDatabase.migrated();

    @RegisterExtension
    final TestDatabase empty = TestDatabase.empty();

    @Test
    void aMigratedDatabaseHasTheSchema() throws SQLException {
        assertThat(tables(PER_CLASS)).isPositive();
        assertThat(tables(perTest)).isEqualTo(tables(PER_CLASS));
    }

    @Test
    void anEmptyDatabaseHasNoTables() throws SQLException {
        assertThat(tables(empty)).isZero();
    }

    @Test
    void databasesDoNotShareWhatIsWritten() throws SQLException {
        try (Connection connection = perTest.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE written_by_a_test ()");
        }
        assertThat(tables(perTest)).isEqualTo(tables(PER_CLASS) + 1);
    }

    private static int tables(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")) {
            count.next();
            return count.getInt(1);
        }
    }
}
