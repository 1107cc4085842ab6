package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.database.embedded.ChildMain.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    /**
     * One folder for all tests, because initdb takes seconds; a fresh one shows the unpacking. Each test leaves the
     * server stopped.
     */
    @TempDir
    static Path folder;

    @TempDir
    Path fresh;

    @BeforeAll
    static void programsAreThere() {
        SharedPrograms.linkInto(folder);
    }

    @Test
    void isDurableAndReachableFromThisMachineOnly() throws SQLException, IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(setting(postgres, "fsync")).isEqualTo("on");
            assertThat(setting(postgres, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(postgres, "full_page_writes")).isEqualTo("on");
            assertThat(setting(postgres, "data_checksums")).isEqualTo("on");
            assertThat(setting(postgres, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(setting(postgres, "unix_socket_directories")).isEmpty();
            assertThat(Files.readString(folder.resolve("pg18/pg_hba.conf"))).doesNotContainPattern("(?m)^[^#]*trust");
            assertThat(Files.getPosixFilePermissions(folder.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void itsProcessesGetNoSecretsFromTheEnvironment() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            long pid = Postmaster.PidFile.read(folder.resolve("pg18"))
                    .orElseThrow()
                    .pid();
            String environment = Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
            List<String> names = Arrays.stream(environment.split("\0"))
                    .map(variable -> variable.split("=")[0])
                    .toList();
            assertThat(names)
                    .isSubsetOf(
                            "PATH",
                            "HOME",
                            "USER",
                            "LOGNAME",
                            "TMPDIR",
                            "TZ",
                            "TZDIR",
                            "LD_LIBRARY_PATH",
                            "LC_ALL",
                            "LC_MESSAGES",
                            "PGDATA",
                            "PGSYSCONFDIR",
                            "PGLOCALEDIR",
                            "PG_GRANDPARENT_PID");
            assertThat(postgres.jdbcUrl()).isNotEmpty();
        }
    }

    @Test
    void refusesAWrongPassword() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guessed"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void dataAndPortSurviveARestart() throws SQLException {
        String url;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            url = postgres.jdbcUrl();
            execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(postgres.jdbcUrl()).isEqualTo(url);
            assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
            execute(postgres, "DROP TABLE kept");
        }
    }

    @Test
    void closeStopsTheServer() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
        ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
        postgres.close();
        // An ended process counts as alive until its parent has collected it.
        assertThat(server.onExit()).succeedsWithin(java.time.Duration.ofSeconds(10));
        assertThat(folder.resolve("pg18/postmaster.pid")).doesNotExist();
    }

    @Test
    void closeStopsTheServerAlsoIfTheFileOfItsProcessCannotBeRead() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
        ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
        Path file = folder.resolve("pg18/postmaster.pid");
        Files.delete(file);
        Files.createDirectory(file);
        postgres.close();
        assertThat(server.onExit()).succeedsWithin(java.time.Duration.ofSeconds(10));
        Files.delete(file);
    }

    @Test
    void theCallersSettingsOverrideTheDefaults() throws SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, Map.of("fsync", "off"))) {
            assertThat(setting(postgres, "fsync")).isEqualTo("off");
        }
    }

    @Test
    void ctrlCDoesNotReachTheServer() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(postgres.user()).isEqualTo("longhaul");
            assertThat(session(pid()))
                    .isEqualTo(pid())
                    .isNotEqualTo(session(ProcessHandle.current().pid()));
        }
    }

    @Test
    void refusesASecondInstanceInTheSameProcess() throws Exception {
        try (EmbeddedPostgres first = EmbeddedPostgres.start(folder)) {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatExceptionOfType(EmbeddedPostgresException.class)
                        .isThrownBy(() -> EmbeddedPostgres.start(folder))
                        .withMessageContaining(folder.toRealPath().toString())
                        .withMessageContaining("LONGHAUL_DATA")
                        .withMessageNotContaining("\n");
            }
            assertThat(query(first, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void refusesASecondInstanceWithThePidOfTheFirst() throws Exception {
        Child child = Child.start(folder);
        try {
            child.awaitRow(0);
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(folder))
                    .withMessageContaining("process " + child.process().pid());
        } finally {
            child.process().destroy();
            child.process().waitFor();
        }
        assertThat(folder.resolve("pg18/postmaster.pid")).doesNotExist();
    }

    @Test
    void attachUsesTheServerOfAnotherProcessAndLeavesItRunning() throws Exception {
        Child child = Child.start(folder);
        try {
            child.awaitRow(0);
            try (EmbeddedPostgres attached = EmbeddedPostgres.attach(folder)) {
                assertThat(query(attached, "SELECT 1")).isEqualTo("1");
            }
            try (EmbeddedPostgres again = EmbeddedPostgres.attach(folder)) {
                assertThat(query(again, "SELECT 1")).isEqualTo("1");
            }
        } finally {
            child.process().destroy();
            child.process().waitFor();
        }
    }

    @Test
    void attachStartsATemporaryServer() throws Exception {
        try (EmbeddedPostgres attached = EmbeddedPostgres.attach(folder)) {
            assertThat(query(attached, "SELECT 1")).isEqualTo("1");
        }
        assertThat(folder.resolve("pg18/postmaster.pid")).doesNotExist();
    }

    @Test
    void takesOverAServerWhoseJvmWasKilled() throws Exception {
        Child child = Child.start(folder);
        child.awaitRow(10);
        child.kill();
        long left = pid();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(pid()).isEqualTo(left);
            assertThat(query(postgres, "SELECT count(*) > 10 FROM acknowledged"))
                    .isEqualTo("t");
        }
        assertThat(folder.resolve("pg18/postmaster.pid")).doesNotExist();
    }

    @Test
    void attachLeavesAServerWhoseJvmWasKilledRunning() throws Exception {
        Child child = Child.start(folder);
        child.awaitRow(0);
        child.kill();
        long left = pid();
        EmbeddedPostgres.attach(folder).close();
        assertThat(pid()).isEqualTo(left);
        EmbeddedPostgres.start(folder).close();
    }

    @Test
    void aServerOfAnEarlierJarKeepsItsProgramsUntilItIsReplaced() throws Exception {
        EmbeddedPostgres.start(folder).close();
        Path older = folder.resolve("postgresql-older");
        Postmaster left = leftRunning(older);
        try (EmbeddedPostgres attached = EmbeddedPostgres.attach(folder)) {
            execute(attached, "DO 'BEGIN END'");
            assertThat(pid()).isEqualTo(left.pid());
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            execute(postgres, "DO 'BEGIN END'");
            assertThat(pid()).isNotEqualTo(left.pid());
            assertThat(older).doesNotExist();
        }
    }

    /** A server whose JVM is gone, on a copy of the programs. */
    private static Postmaster leftRunning(Path copy) throws Exception {
        DataFolder data = DataFolder.at(folder);
        Path programs = Programs.in(data).home().toRealPath();
        assertThat(new ProcessBuilder("cp", "-a", programs.toString(), copy.toString())
                        .start()
                        .waitFor())
                .isZero();
        Programs older = Programs.at(data, copy);
        return new PostmasterLauncher(data, older, folder.resolve("pg18"), Map.of()).start();
    }

    @Test
    void acknowledgedRowsSurviveAKillOfServerAndJvm() throws Exception {
        Child child = Child.start(folder);
        child.awaitRow(500);
        ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
        child.kill();
        server.destroyForcibly();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(pid()).isNotEqualTo(server.pid());
            assertThat(query(postgres, "SELECT count(*) FROM acknowledged WHERE number <= 500"))
                    .isEqualTo("501");
        }
    }

    @Test
    void restartsAKilledServerOnTheSamePort() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
            long killed = pid();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            while (Postmaster.PidFile.read(folder.resolve("pg18"))
                    .filter(file -> file.pid() != killed && file.isReady())
                    .isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
            execute(postgres, "DROP TABLE kept");
        }
        assertThat(folder.resolve("pg18/postmaster.pid")).doesNotExist();
    }

    @Test
    void startsDespiteAStalePidOfAnotherProcess() throws Exception {
        EmbeddedPostgres.start(folder).close();
        Path pidFile = folder.resolve("pg18/postmaster.pid");
        Files.write(
                pidFile,
                List.of(
                        Long.toString(ProcessHandle.current().pid()),
                        folder.resolve("pg18").toString(),
                        "1700000000",
                        "1",
                        "",
                        "127.0.0.1",
                        "   123456     12345",
                        "ready   "));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder)) {
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void completesAFirstStartThatWasKilledInTheMiddle() throws Exception {
        DataFolder data = DataFolder.at(fresh);
        Child child = Child.start(fresh);
        while (data.startingWith("unpacking-").isEmpty()) {
            Thread.onSpinWait();
        }
        child.kill();
        assertThat(data.startingWith("unpacking-")).hasSize(1);
        Files.createDirectories(fresh.resolve("initdb-123/data"));
        Files.move(data.password(), fresh.resolve("password.new"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fresh)) {
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
        assertThat(data.startingWith("unpacking-")).isEmpty();
        assertThat(data.startingWith("initdb-")).isEmpty();
        assertThat(data.startingWith("password.")).isEmpty();
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws Exception {
        Files.createDirectories(fresh.resolve("pg17"));
        Programs eighteen = new Programs(fresh, new Account(List.of(), 0), 18);
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> new Cluster(DataFolder.at(fresh), eighteen).directory(new EmbeddedLogin("", "")))
                .withMessageContaining("pg17 holds data of PostgreSQL 17, and this jar runs");
    }

    @Test
    void reportsAnUnwritableFolderInOneLine() throws IOException {
        Path file = Files.createFile(fresh.resolve("file"));
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(file.resolve("data")))
                .withMessageContaining("cannot keep data in " + file)
                .withMessageContaining("LONGHAUL_DATA")
                .withMessageNotContaining("\n");
    }

    private static long pid() throws IOException {
        return Postmaster.PidFile.read(folder.resolve("pg18")).orElseThrow().pid();
    }

    /** Field 6 of proc(5) {@code stat}; the command's name in field 2 may hold anything but ends with a parenthesis. */
    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }

    private static String setting(EmbeddedPostgres postgres, String name) throws SQLException {
        return query(postgres, "SELECT current_setting('" + name + "')");
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
