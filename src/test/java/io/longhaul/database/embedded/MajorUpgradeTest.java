package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder that an earlier jar with PostgreSQL 15 has left. */
class MajorUpgradeTest {
    private static final Path OLDER = Path.of("target", "older-postgresql", "15.jar");

    @TempDir
    Path data;

    /** The programs that the earlier jar has left. */
    private Path older;

    private static final EmbeddedPostgres.Carrier COPY = (from, to) -> {
        String word = one(from, "SELECT word FROM old");
        one(to, "CREATE TABLE old AS SELECT '" + word + "'::text AS word; SELECT word FROM old");
    };

    @BeforeEach
    void anEarlierJarHasRun() throws Exception {
        SharedPrograms.linkInto(data);
        older = SharedPrograms.linkInto(data, archive(), "15");
        DataFolder folder = DataFolder.at(data);
        Programs programs = Programs.at(folder, older);
        EmbeddedLogin login = EmbeddedLogin.of(folder);
        Path password = data.resolve("initdb.password");
        EmbeddedLogin.writePrivately(password, login.password());
        Path cluster = data.resolve("new15");
        Files.createDirectory(cluster);
        DirectoryTree.give(cluster, programs.account().uid());
        DirectoryTree.give(password, programs.account().uid());
        programs.run(
                "initdb",
                "--pgdata=" + cluster,
                "--username=longhaul",
                "--auth=scram-sha-256",
                "--pwfile=" + password,
                "--encoding=UTF8",
                "--locale=C");
        Files.move(cluster, data.resolve("pg15"));
        Files.delete(password);
        try (EmbeddedPostgres old = EmbeddedPostgres.startWith(folder, f -> programs)) {
            one(old, "CREATE TABLE old AS SELECT 'kept'::text AS word; SELECT word FROM old");
        }
    }

    private static java.net.URL archive() throws Exception {
        try (java.util.jar.JarFile jar = new java.util.jar.JarFile(OLDER.toFile())) {
            String name = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
            return java.net
                    .URI
                    .create("jar:" + OLDER.toAbsolutePath().toUri() + "!/" + name)
                    .toURL();
        }
    }

    private static String one(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Test
    void theServerSaysWhatToDoAndThatWorks() throws Exception {
        assertThatThrownBy(() -> EmbeddedPostgres.start(data))
                .hasMessageContaining("pg15 holds data of PostgreSQL 15, and this jar runs 18")
                .hasMessageContaining("java -jar app.jar data upgrade");

        EmbeddedPostgres.Carrier looking = (from, to) -> {
            // Both servers run on programs that were there.
            assertThat(data.resolve("upgrading/pg18")).exists();
            assertThat(DataFolder.at(data.resolve("upgrading")).startingWith("postgresql-"))
                    .isEmpty();
            COPY.carry(from, to);
        };
        assertThat(EmbeddedPostgres.upgrade(data, null, looking))
                .contains("pg18 has the data of")
                .contains("pg15");
        try (EmbeddedPostgres now = EmbeddedPostgres.start(data)) {
            assertThat(one(now, "SHOW server_version")).startsWith("18");
            assertThat(one(now, "SELECT word FROM old")).isEqualTo("kept");
        }
        assertThat(data.resolve("pg15/PG_VERSION")).exists();
        assertThat(data.resolve("upgrading")).doesNotExist();
        assertThatThrownBy(() -> EmbeddedPostgres.upgrade(data, null, COPY))
                .hasMessageContaining("nothing has to be done");
    }

    @Test
    void afterAFailureEverythingIsAsBefore() throws Exception {
        assertThatThrownBy(() -> EmbeddedPostgres.upgrade(data, null, (from, to) -> {
                    throw new IllegalStateException("no room");
                }))
                .hasMessage("no room");
        assertThat(data.resolve("pg18")).doesNotExist();
        assertThat(EmbeddedPostgres.upgrade(data, null, COPY)).contains("pg18");
    }

    @Test
    void programsThatAreGoneAreAskedFor() throws Exception {
        DirectoryTree.delete(older);
        if (Files.notExists(Path.of("/usr/lib/postgresql/15/bin/postgres"))) {
            assertThatThrownBy(() -> EmbeddedPostgres.upgrade(data, null, COPY))
                    .hasMessageContaining("the programs of PostgreSQL 15 are needed once more")
                    .hasMessageContaining("--programs PATH");
        }
        assertThatThrownBy(() -> EmbeddedPostgres.upgrade(data, data.resolve("none.jar"), COPY))
                .hasMessageContaining("none.jar is neither a folder nor a jar");
        assertThat(EmbeddedPostgres.upgrade(data, OLDER, COPY)).contains("pg18");
    }
}
