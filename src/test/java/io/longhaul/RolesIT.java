package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The two roles of {@code docs/roles.sql}: one changes the schema, the other serves and can change rows only. */
class RolesIT {
    @RegisterExtension
    final TestDatabase testDatabase = TestDatabase.empty();

    private final String suffix = UUID.randomUUID().toString().substring(0, 8);
    private final String owner = "longhaul_owner_" + suffix;
    private final String app = "longhaul_app_" + suffix;
    private Database database;
    private Map<String, String> environment;

    @BeforeEach
    void makeRoles() throws Exception {
        database = new Database(testDatabase.dataSource());
        runRolesFile();
        environment = NodeProcess.database(testDatabase.jdbcUrl(), app, "a'pp");
    }

    @AfterEach
    void dropRoles() throws Exception {
        // One after the other: the owner's default grants name the other role.
        database.run("DROP OWNED BY " + app + "; DROP ROLE " + app);
        database.run("DROP OWNED BY " + owner + " CASCADE; DROP ROLE " + owner);
    }

    @Test
    void aNodeServesWithoutTheRightToChangeTheSchema() throws Exception {
        CommandRun refused = CommandRun.of(environment, "db", "migrate", "config.yml");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("permission denied");

        environment.put("DATABASE_MIGRATION_USER", owner);
        environment.put("DATABASE_MIGRATION_PASSWORD", "owner");
        CommandRun migrated = CommandRun.of(environment, "db", "migrate", "config.yml");
        assertThat(migrated.exitCode()).as(migrated.toString()).isZero();
        try (NodeProcess node = NodeProcess.start("as-app", environment)) {
            CommandRun verified = CommandRun.of(environment, "schema", "verify", "config.yml");
            assertThat(verified.exitCode()).as(verified.toString()).isZero();
            node.awaitReady();
            node.awaitJob(node.accepted("echo", "{\"by\": \"app\"}"), "completed");
            assertThatThrownBy(() -> asApp("ALTER TABLE jobs ADD COLUMN note text"))
                    .hasMessageContaining("must be owner");
            assertThatThrownBy(() -> asApp("CREATE TABLE jobs2 (id int)")).hasMessageContaining("permission denied");
            assertThatThrownBy(() -> asApp("TRUNCATE jobs")).hasMessageContaining("permission denied");
            assertThat(node.process().out()).doesNotContain("permission denied");
        }
    }

    private void asApp(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(testDatabase.jdbcUrl(), app, "a'pp");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What psql would do with it. */
    private void runRolesFile() throws Exception {
        String text = Files.readString(Path.of("docs", "roles.sql"))
                .replaceAll("(?m)^--.*$", "")
                .replace("longhaul_owner", owner)
                .replace("longhaul_app", app)
                .replace(":'owner_password'", "'owner'")
                .replace(":'app_password'", "'a''pp'");
        for (String statement : text.replace("\\gexec", "/*gexec*/;").split(";\\s*\\n")) {
            for (String one : statement.contains("/*gexec*/") ? generated(statement) : List.of(statement)) {
                database.run(one);
            }
        }
    }

    private List<String> generated(String query) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (Connection connection = testDatabase.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                statements.add(row.getString(1));
            }
        }
        return statements;
    }
}
