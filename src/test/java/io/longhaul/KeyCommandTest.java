package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import io.longhaul.auth.ApiKeys;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.testing.CutWire;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    void aKeyMayBeForSomeToolsOnly() throws Exception {
        Path file = configuration();
        String key = run("key", "create", file.toString(), "--name", "bob", "--tools", "fold, dock")
                .strip();
        assertThat(keys().principal(key)).contains(new Principal("bob", Role.SUBMIT, Set.of("fold", "dock")));
        assertThat(run("key", "list", file.toString())).contains("tools fold,dock");
    }

    @Test
    void aKeyIsShownOnceAndWorksUntilItIsRevoked() throws Exception {
        Path file = configuration();
        String key = run("key", "create", file.toString(), "--name", "alice", "--role", "read", "--days", "1")
                .strip();
        assertThat(keys().principal(key)).contains(new Principal("alice", Role.READ));
        String id = key.substring(3, 13);
        assertThat(run("key", "list", file.toString())).contains(id, "alice").doesNotContain(key);
        run("key", "revoke", file.toString(), "--id", id);
        assertThat(keys().principal(key)).isEmpty();
    }

    /** Nobody has seen the key then, and it is valid. */
    @Test
    void aKeyThatMayHaveBeenMadeCanBeFoundAndRevoked() throws Exception {
        Path file = configuration();
        try (CutWire wire = CutWire.to(database)) {
            Path cut = configuration(wire.url(database));
            wire.cutAfterCommitOf("COMMIT");

            String create = complaint("key", "create", cut.toString(), "--name", "alice");

            assertThat(wire.cuts()).isEqualTo(1);
            String id = new Database(database.dataSource())
                    .column("SELECT id FROM api_keys")
                    .get(0);
            assertThat(create).contains("If it was", "key list", "key revoke --id " + id);
            assertThat(run("key", "list", file.toString())).contains(id, "valid");

            wire.cutAfterCommitOf("COMMIT");
            String revoke = complaint("key", "revoke", cut.toString(), "--id", id);
            assertThat(wire.cuts()).isEqualTo(2);
            assertThat(revoke).contains("key list", "can be run again");
            assertThat(run("key", "list", file.toString())).contains("revoked");
        }
    }

    private Path configuration() throws IOException {
        return configuration(database.jdbcUrl());
    }

    @Test
    void aFileToImportThatIsCutIsNamedWithTheCure() throws Exception {
        Path cut = Files.writeString(folder.resolve("cut.zip"), "PK cut");
        assertThat(complaint(
                        "data",
                        "import",
                        cut.toString(),
                        configuration(database.jdbcUrl()).toString()))
                .startsWith("data: " + cut + " is no file of data export, or not all of it")
                .contains("write it anew with data export");
    }

    private Path configuration(String url) throws IOException {
        Path file = folder.resolve("config" + Math.abs(url.hashCode()) + ".yml");
        String password = database.password() == null ? "" : database.password();
        Files.writeString(
                file,
                "database: {url: '" + url + "', user: '" + database.user() + "', password: '" + password + "'}\n");
        return file;
    }

    private ApiKeys keys() {
        return new ApiKeys(Jdbi.create(database.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .onDemand(KeyStatements.class));
    }

    /** What a command that fails says, without the end of the JVM. */
    private static String complaint(String... words) {
        App app = new App();
        Bootstrap<ServiceConfiguration> bootstrap = new Bootstrap<>(app);
        app.addDefaultCommands(bootstrap);
        app.initialize(bootstrap);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertThat(new Cli(new JarLocation(App.class), bootstrap, said, said).run(words))
                .isPresent();
        return said.toString(StandardCharsets.UTF_8);
    }

    private static String run(String... words) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            new App().run(words);
        } finally {
            System.setOut(out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
