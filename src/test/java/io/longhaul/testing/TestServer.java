package io.longhaul.testing;

import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.database.embedded.EmbeddedPostgresException;
import io.longhaul.database.embedded.SharedPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A PostgreSQL to test against: {@code DATABASE_URL} if it is set, else a container if Docker is there, else one that is
 * installed (for tests of processes), else the embedded one. {@code -Dlonghaul.test.postgres=installed} passes Docker by,
 * where it is there but cannot fetch images, and {@code embedded} what is installed as well.
 *
 * @param kind which of them, for people
 * @param jdbcUrl address of a database to create others from
 * @param user a role that may create databases
 * @param password its password, or null
 * @param stop ends what was started
 */
record TestServer(String kind, String jdbcUrl, String user, String password, Runnable stop) {
    private static final String KIND = "longhaul.test.postgres";

    /** Where the embedded server of tests keeps its data between runs; each JVM that Maven forks has its own. */
    private static final Path FOLDER =
            Path.of("target", "test-postgres", System.getProperty("longhaul.test.fork", "1"));

    /** Tests may lose their data in a power cut. */
    private static final Map<String, String> FAST =
            Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off", "max_connections", "200");

    static TestServer choose() {
        TestServer server = hasExternal() ? external() : hasDocker() ? containerOrOther() : other();
        System.out.println("Tests use PostgreSQL from " + server.kind);
        return server;
    }

    /** A connection to the database the server was given to us with. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), user, password);
    }

    /** The address of another database of this server. */
    String jdbcUrl(String database) {
        return jdbcUrl.replaceFirst("(jdbc:postgresql://[^/]*/)[^?]*", "$1" + database);
    }

    private static boolean hasExternal() {
        String url = System.getenv().getOrDefault("DATABASE_URL", "");
        return !url.isEmpty() && !url.equals(DatabaseConfiguration.EMBEDDED);
    }

    private static TestServer external() {
        DatabaseConfiguration given = new DatabaseConfiguration();
        given.setUrl(System.getenv("DATABASE_URL"));
        given.setUser(System.getenv("DATABASE_USER"));
        given.setPassword(System.getenv("DATABASE_PASSWORD"));
        return new TestServer(
                "DATABASE_URL (" + given + ")", given.getUrl(), given.getUser(), given.getPassword(), () -> {});
    }

    /** Looks for the socket first: asking Testcontainers in vain takes seconds and logs an error. */
    private static boolean hasDocker() {
        if (!System.getProperty(KIND, "").isEmpty()) {
            return false;
        }
        boolean maybe = System.getenv("DOCKER_HOST") != null
                || Stream.of("/var/run/docker.sock", System.getenv("XDG_RUNTIME_DIR") + "/docker.sock")
                        .anyMatch(socket -> Files.exists(Path.of(socket)));
        return maybe && DockerClientFactory.instance().isDockerAvailable();
    }

    /** An engine that answers may still have no way to its images. */
    private static TestServer containerOrOther() {
        try {
            return container();
        } catch (RuntimeException e) {
            System.out.println("Docker answers but starts no PostgreSQL (" + e.getMessage() + ")");
            return other();
        }
    }

    /** Whether an installed server may be used: by tests of processes, and by others if somebody asks for it. */
    static boolean mayBeInstalled() {
        String kind = System.getProperty(KIND, "");
        return kind.isEmpty() ? Boolean.getBoolean("longhaul.test.processes") : kind.equals("installed");
    }

    private static TestServer other() {
        if (!mayBeInstalled()) {
            return embedded();
        }
        if (!InstalledPostgres.isThere()) {
            System.out.println("No PostgreSQL is installed here (initdb)");
            return embedded();
        }
        return installed();
    }

    /** As it is, but for not waiting for the disk. */
    private static TestServer installed() {
        try {
            InstalledPostgres server = InstalledPostgres.create(FAST.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .toArray(String[]::new));
            server.start();
            return new TestServer(
                    "the installation in " + server.version(),
                    server.jdbcUrl(),
                    server.user(),
                    null,
                    server::closeQuietly);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestServer container() {
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:18")
                .withCommand(Stream.concat(
                                Stream.of("postgres"),
                                FAST.entrySet().stream().flatMap(e -> Stream.of("-c", e.getKey() + "=" + e.getValue())))
                        .toArray(String[]::new));
        container.start();
        return new TestServer(
                "a container",
                container.getJdbcUrl(),
                container.getUsername(),
                container.getPassword(),
                container::stop);
    }

    private static TestServer embedded() {
        SharedPrograms.linkInto(FOLDER);
        EmbeddedPostgres postgres = startOrShare();
        SharedPrograms.easePassword(postgres.jdbcUrl(), postgres.user(), postgres.password());
        return new TestServer(
                "the jar (data in " + FOLDER + ")",
                postgres.jdbcUrl(),
                postgres.user(),
                postgres.password(),
                postgres::close);
    }

    /** Two builds of one checkout at the same time share a server; their databases have different names. */
    private static EmbeddedPostgres startOrShare() {
        try {
            return EmbeddedPostgres.start(FOLDER, FAST);
        } catch (EmbeddedPostgresException inUse) {
            return EmbeddedPostgres.attach(FOLDER);
        }
    }
}
