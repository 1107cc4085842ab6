package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.ops.access.KeyStatements;
import io.longhaul.ops.access.Keys;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
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

    private Path configuration() throws IOException {
        Path file = folder.resolve("config.yml");
        String password = database.password() == null ? "" : database.password();
        Files.writeString(
                file,
                "database: {url: '" + database.jdbcUrl() + "', user: '" + database.user() + "', password: '" + password
                        + "'}\n");
        return file;
    }

    private Keys keys() {
        return new Keys(Jdbi.create(database.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .onDemand(KeyStatements.class));
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
