package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The two roles of {@code docs/roles.sql}: one changes the schema, the other serves and can change rows only. */
class RolesIT {
    @RegisterExtension
    final TestDatabase testDatabase = TestDatabase.empty();

    @TempDir
    Path folder;

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

    /** On top of the roles that there are: a later statement would fail with other words. */
    @Test
    void withoutItsVariablesTheFileStopsInOneLineThatSaysHowToCallIt() throws Exception {
        if (!CommandRun.isThere(folder, "psql", "--version")) {
            return;
        }
        String call = ": call psql -v owner_password=... -v app_password=... -d longhaul -f roles.sql";
        assertStops(psql(), "no value for owner_password and app_password" + call);
        assertStops(psql("-v", "owner_password=owner"), "no value for app_password" + call);
        assertStops(psql("-v", "owner_password=", "-v", "app_password=app"), "no value for owner_password" + call);
    }

    @Test
    void whereTheRolesExistTheFileKeepsTheirPasswords() throws Exception {
        if (!CommandRun.isThere(folder, "psql", "--version")) {
            return;
        }
        CommandRun again = psql("-v", "owner_password=other", "-v", "app_password=other");
        assertThat(again.exitCode()).as(again.toString()).isZero();
        asApp("SELECT 1");
    }

    private static void assertStops(CommandRun run, String why) {
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).endsWith("ERROR:  " + why + "\n").containsOnlyOnce("\n");
    }

    private void asApp(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(testDatabase.jdbcUrl(), app, "a'pp");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** By psql where it is installed, or as psql would. */
    private void runRolesFile() throws Exception {
        if (CommandRun.isThere(folder, "psql", "--version")) {
            CommandRun run = psql("-v", "owner_password=owner", "-v", "app_password=a'pp");
            assertThat(run.exitCode()).as(run.toString()).isZero();
            return;
        }
        String text = rolesFile()
                .replaceAll("(?s)SELECT format\\('DO .*?\\\\gexec", "")
                .replaceAll("(?m)^(--| *\\\\).*$", "")
                .replace(":'owner_password'", "'owner'")
                .replace(":'app_password'", "'a''pp'");
        for (String statement : text.replace("\\gexec", "/*gexec*/;").split(";\\s*\\n")) {
            for (String one : statement.contains("/*gexec*/") ? generated(statement) : List.of(statement)) {
                database.run(one);
            }
        }
    }

    /** The file with roles of this test alone. */
    private String rolesFile() throws IOException {
        return Files.readString(Path.of("docs", "roles.sql"))
                .replace("longhaul_owner", owner)
                .replace("longhaul_app", app);
    }

    private CommandRun psql(String... variables) throws IOException {
        Path file = Files.writeString(folder.resolve("roles.sql"), rolesFile());
        String database = testDatabase.jdbcUrl().substring("jdbc:".length()).replaceFirst("\\?.*", "");
        List<String> words = new ArrayList<>(List.of("psql", "-X", "-q", "-d", database, "-f", file.toString()));
        words.addAll(List.of(variables));
        Map<String, String> login = new HashMap<>(Map.of("PGUSER", testDatabase.user()));
        if (testDatabase.password() != null) {
            login.put("PGPASSWORD", testDatabase.password());
        }
        return CommandRun.program(folder, login, words.toArray(String[]::new));
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
