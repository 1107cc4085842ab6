package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.LockMode;
import io.longhaul.readiness.Condition;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@OwnSession
class DatabasePoolsTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    /** Like a connection that was opened while the database was read-only, which nobody noticed. */
    @Test
    void aReadOnlyConnectionToAWritableDatabaseIsClosed() throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(DATABASE.jdbcUrl());
        configuration.setUser(DATABASE.user());
        configuration.setPassword(DATABASE.password());
        configuration.setMinSize(1);
        configuration.setInitialSize(1);
        configuration.setMaxSize(1);
        AtomicInteger suspicions = new AtomicInteger();
        DatabasePools side = new DatabasePools(configuration, new Environment("test"), () -> LockMode.ADVISORY);
        ManagedDataSource pool = side.requests();
        pool.start();
        try {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET default_transaction_read_only = on");
            }
            Jdbi jdbi = side.jdbi(
                    pool, "test", suspicions::incrementAndGet, () -> Condition.holds("schema", "It is right."));

            assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute("CREATE TABLE t (x int)")))
                    .hasMessageContaining("read-only");

            jdbi.useHandle(handle -> handle.execute("CREATE TABLE t (x int)"));
            assertThat(suspicions).hasValue(1);
        } finally {
            pool.stop();
        }
    }
}
