package io.longhaul.schema.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.Commands;
import io.longhaul.schema.Commands.Ran;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Migrations;
import io.longhaul.schema.Sql;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaVerdict;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Search paths that lead nowhere, or to a schema that cannot be meant: every command stops at once and prints a cure.
 */
@Timeout(120)
class SearchPathTest {
    private static final List<List<String>> CHANGING = List.of(
            List.of("db", "migrate", "FILE"),
            List.of("db", "rollback", "-c", "1", "FILE"),
            List.of("db", "tag", "FILE", "here"),
            List.of("db", "fast-forward", "--all", "FILE"),
            List.of("db", "clear-checksums", "FILE"),
            List.of("db", "test", "FILE"),
            List.of("schema", "adopt", "FILE"));
    private static final List<List<String>> READING = List.of(
            List.of("db", "migrate", "--dry-run", "FILE"),
            List.of("db", "status", "FILE"),
            List.of("db", "locks", "--list", "FILE"),
            List.of("db", "prepare-rollback", "FILE"),
            List.of("schema", "show", "FILE"));

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @TempDir
    Path folder;

    private Commands commands;
    private String role;

    @BeforeEach
    void makeRole() {
        commands = new Commands(folder).connectedTo(database);
        role = "r" + Sql.one(source(), "SELECT replace(gen_random_uuid()::text, '-', '')");
        Sql.run(source(), "CREATE ROLE " + role + " LOGIN PASSWORD 'x' IN ROLE pg_read_all_stats");
        Sql.run(source(), "GRANT CREATE ON SCHEMA public TO " + role);
        String name = Sql.one(source(), "SELECT current_database()");
        Sql.run(source(), "GRANT CREATE ON DATABASE " + name + " TO " + role);
    }

    @AfterEach
    void dropRole() {
        Sql.run(
                source(),
                "REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role + "; DROP ROLE " + role);
    }

    @OwnSession
    @ParameterizedTest
    @ValueSource(strings = {"nosuch", "nosuch,public", "\"No Such\",public"})
    void namesASchemaThatDoesNotExist(String path) {
        commands.connectedTo(at(path), role, "x");
        String name = path.startsWith("nosuch") ? "nosuch" : "\"No Such\"";
        assertAllStop(
                "The schema named by the connection does not exist",
                "CREATE SCHEMA " + name + " AUTHORIZATION " + role);
        Sql.run(source(), "CREATE SCHEMA " + name + " AUTHORIZATION " + role);
        Ran cured = commands.run("db", "migrate", "FILE");
        assertThat(cured.exitCode()).as(cured.err()).isZero();
        assertThat(Sql.one(source(), "SELECT to_regclass('" + name + ".jobs') IS NOT NULL"))
                .isEqualTo("t");
    }

    @Test
    void aNameThatMigrationsCannotWriteIsRefusedWithTheCure() throws Exception {
        Sql.run(source(), "CREATE SCHEMA \"a\"\"b\"");
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = \"a\"\"b\"");
            assertThat(SearchPath.read(connection).problem().orElseThrow().text())
                    .contains("quotation mark", "ALTER SCHEMA \"a\"\"b\" RENAME TO");
        }
    }

    @OwnSession
    @Test
    void namesASchemaThatTheRoleMayNotUse() {
        Sql.run(source(), "CREATE SCHEMA closed");
        commands.connectedTo(at("closed"), role, "x");
        assertAllStop("role " + role + " may not use schema closed", "GRANT USAGE, CREATE ON SCHEMA closed TO " + role);
        Sql.run(source(), "GRANT USAGE, CREATE ON SCHEMA closed TO " + role);
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
    }

    @OwnSession
    @Test
    void saysThatTheRoleMayCreateNothingInTheSchema() {
        Sql.run(source(), "CREATE SCHEMA readable; GRANT USAGE ON SCHEMA readable TO " + role);
        commands.connectedTo(at("readable"), role, "x");
        Ran migrate = commands.run("db", "migrate", "FILE");
        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err()).contains("permission denied for schema readable", "GRANT");
    }

    @OwnSession
    @Test
    void namesAnEmptySearchPath() {
        Sql.run(source(), "ALTER ROLE " + role + " SET search_path = ''");
        commands.connectedTo(database.jdbcUrl(), role, "x");
        assertAllStop("the search path of role " + role + " names none", "?currentSchema=");
        commands.connectedTo(at("public"), role, "x");
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
    }

    @OwnSession
    @Test
    void refusesTheServersOwnSchema() {
        commands.connectedTo(at("pg_catalog"), role, "x");
        assertAllStop("schema pg_catalog, which is PostgreSQL's own", "?currentSchema=");
    }

    @OwnSession
    @Test
    void saysThatTheRoleMayNotConnect() {
        String name = Sql.one(source(), "SELECT current_database()");
        Sql.run(source(), "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC, " + role);
        commands.connectedTo(database.jdbcUrl(), role, "x");
        Ran migrate = commands.run("db", "migrate", "FILE");
        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err()).contains("permission denied for database", "CONNECT", "GRANT");
        Sql.run(source(), "GRANT CONNECT ON DATABASE " + name + " TO " + role);
    }

    @OwnSession
    @Test
    void refusesANewSchemaOfTheRolesName() throws Exception {
        commands.connectedTo(database.jdbcUrl(), role, "x");
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
        Sql.addJobs(source(), 3);
        Sql.run(source(), "CREATE SCHEMA " + role + " AUTHORIZATION " + role);

        assertAllStop(
                "The search path leads to schema " + role + ", where this service has no tables",
                "?currentSchema=public in DATABASE_URL");
        assertThat(Sql.one(source(), "SELECT count(*) FROM pg_class WHERE relnamespace = '" + role + "'::regnamespace"))
                .isEqualTo("0");
        SchemaState state = state(database.jdbcUrl());
        assertThat(state.status()).isEqualTo(SchemaState.Status.INCOMPATIBLE);
        assertThat(state.message()).contains(role, "?currentSchema=public");
        assertThat(new Migrations(connection(at("public"))).up()).isZero();

        commands.connectedTo(at("public"), role, "x");
        assertThat(commands.run("schema", "verify", "FILE").exitCode()).isZero();
        assertThat(commands.run("db", "migrate", "FILE").err()).contains("Nothing to apply");
        assertThat(commands.run("db", "rollback", "-c", "1", "FILE").exitCode()).isZero();
    }

    @OwnSession
    @Test
    void requiresANameToChangeOneOfTwoSchemasOnThePath() throws Exception {
        commands.connectedTo(at("public"), role, "x");
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
        Sql.run(source(), "CREATE SCHEMA " + role + " AUTHORIZATION " + role);
        commands.connectedTo(at(role), role, "x");
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();

        commands.connectedTo(database.jdbcUrl(), role, "x");
        for (List<String> words : CHANGING) {
            Ran ran = commands.run(words.toArray(String[]::new));
            assertThat(ran.exitCode()).as("%s", words).isEqualTo(1);
            assertThat(ran.err())
                    .contains("?currentSchema=" + role + " or ?currentSchema=public", "Nothing was changed");
        }
        assertThat(state(database.jdbcUrl()).ready()).isTrue();
        assertThat(state(database.jdbcUrl()).message()).contains("both on the search path");
        assertThat(commands.run("db", "status", "FILE").exitCode()).isZero();
    }

    @Test
    void parsesAPathAsPostgresDoes() {
        assertThat(SearchPath.names("\"$user\", public")).containsExactly("$user", "public");
        assertThat(SearchPath.names("App , \"My \"\"own\"\", path\",x"))
                .containsExactly("app", "My \"own\", path", "x");
        assertThat(SearchPath.names("\"\"")).isEmpty();
        assertThat(SearchPath.names("")).isEmpty();
    }

    private void assertAllStop(String cause, String cure) {
        for (List<String> words : CHANGING) {
            assertStops(words, 1, cause, cure);
        }
        for (List<String> words : READING) {
            Ran ran = commands.run(words.toArray(String[]::new));
            assertThat(ran.exitCode()).as("%s", words).isIn(1, 2);
            assertThat(ran.err()).as("%s", words).contains(cause, cure);
        }
        Ran verify = commands.run("schema", "verify", "FILE");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).contains(cause, cure).doesNotContain("CREATE TABLE", "no difference");
    }

    private void assertStops(List<String> words, int exitCode, String cause, String cure) {
        Ran ran = commands.run(words.toArray(String[]::new));
        assertThat(ran.err())
                .as("%s", words)
                .contains(cause, cure, "Nothing was changed")
                .doesNotContain("waiting");
        assertThat(ran.exitCode()).as("%s", words).isEqualTo(words.get(0).equals("schema") ? ran.exitCode() : exitCode);
        assertThat(ran.exitCode()).isPositive();
    }

    private SchemaState state(String url) {
        return new SchemaVerdict(SchemaExpectation.packed(), new Cures("")).of(Sql.snapshot(connection(url)));
    }

    private DataSource connection(String url) {
        org.postgresql.ds.PGSimpleDataSource source = new org.postgresql.ds.PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(role);
        source.setPassword("x");
        return source;
    }

    private String at(String path) {
        String url = database.jdbcUrl();
        String value = java.net.URLEncoder.encode(path, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
        return url + (url.contains("?") ? "&" : "?") + "currentSchema=" + value;
    }

    private DataSource source() {
        return database.dataSource();
    }
}
