package io.longhaul.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The distributed profile ({@code mvn -Pdistributed test}): tests reach their server through an installed
 * pgbouncer in transaction mode. No session lasts for longer than a transaction, so neither LISTEN, nor settings of a
 * session, nor statements prepared on the server work. Databases with a schema have no advisory locks of a transaction.
 */
final class TransactionMode {
    private static TransactionMode ofThisJvm;

    private final int port;

    private TransactionMode(int port) {
        this.port = port;
    }

    static boolean isWanted() {
        return System.getProperty("longhaul.test.profile", "").equals("distributed");
    }

    /** The address of a database of the server, through the pooler. */
    static synchronized String jdbcUrl(TestServer server, String database) {
        if (ofThisJvm == null) {
            ofThisJvm = start(server);
        }
        String direct = server.jdbcUrl(database);
        return direct.replaceFirst("//[^/]*/", "//127.0.0.1:" + ofThisJvm.port + "/")
                + (direct.contains("?") ? "&" : "?")
                + "prepareThreshold=0";
    }

    /** Takes the functions away that nodes would use. Those of sessions stay: migrations need them. */
    static void takeAdvisoryLocksFrom(TestServer server, String database) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            for (String function : List.of("pg_advisory_xact_lock", "pg_try_advisory_xact_lock")) {
                statement.execute(
                        "ALTER FUNCTION pg_catalog." + function + "(bigint) RENAME TO " + function + "_taken_away");
            }
        }
    }

    private static TransactionMode start(TestServer server) {
        try {
            int port = freePort();
            Path folder = Files.createTempDirectory("longhaul-pgbouncer-");
            Reaper.removeLater(folder);
            Path file = Files.writeString(folder.resolve("pgbouncer.ini"), configuration(server, port));
            List<String> words = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                // It refuses to run as root.
                Files.setAttribute(folder, "unix:uid", 65534);
                Files.setAttribute(file, "unix:uid", 65534);
                words.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
            }
            words.addAll(List.of(program(), "-q", file.toString()));
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("target", "pgbouncer.log").toFile())
                    .start();
            Reaper.watch(process.pid());
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-pgbouncer"));
            Await.until("pgbouncer listens", Duration.ofSeconds(30), () -> listens(port));
            System.out.println("Tests reach it through pgbouncer in transaction mode");
            return new TransactionMode(port);
        } catch (IOException e) {
            throw new IllegalStateException("pgbouncer does not start", e);
        }
    }

    /** Everybody becomes the server's own role: tests of other roles are not for this profile. */
    private static String configuration(TestServer server, int port) {
        URI address = URI.create(server.jdbcUrl().substring("jdbc:".length()));
        String password = Optional.ofNullable(server.password())
                .map(word -> " password=" + word)
                .orElse("");
        return """
                [databases]
                * = host=127.0.0.1 port=%d user=%s%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 10
                max_client_conn = 1000
                ignore_startup_parameters = extra_float_digits
                server_idle_timeout = 2
                """.formatted(address.getPort(), server.user(), password, port);
    }

    private static String program() {
        return List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer").stream()
                .filter(program -> Files.isExecutable(Path.of(program)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The distributed profile needs pgbouncer: install it"));
    }

    private static boolean listens(int port) {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
