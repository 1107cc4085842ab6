package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.longhaul.testing.KeyStores;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts by which systemd and containers ask a node, wherever it listens. */
class WaitReadyTest {
    private static final String OWN_ADDRESS = "127.0.0.2";

    @TempDir
    private Path folder;

    private HttpServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.stop(0);
        }
    }

    private record Ran(int exit, String said) {}

    @ParameterizedTest
    @ValueSource(strings = {"", "0.0.0.0", "::", "[::]", "127.0.0.1"})
    void aNodeOnLoopbackIsFound(String bind) throws Exception {
        serve(HttpServer.create(address("127.0.0.1"), 0), 200);
        assertThat(waitReady(bind)).isEqualTo(new Ran(0, "The node is ready.\n"));
        assertThat(healthy(bind, "/readyz")).isZero();
    }

    @Test
    void aNodeOnItsOwnAddressIsFound() throws Exception {
        serve(HttpServer.create(address(OWN_ADDRESS), 0), 200);
        assertThat(waitReady(OWN_ADDRESS).exit()).isZero();
        assertThat(healthy(OWN_ADDRESS, "/healthz")).isZero();
    }

    @Test
    void aNodeThatIsNotReadyCountsAsStarted() throws Exception {
        serve(HttpServer.create(address(OWN_ADDRESS), 0), 503);
        assertThat(waitReady(OWN_ADDRESS)).isEqualTo(new Ran(0, "The node lives and is not ready: no database\n"));
        assertThat(healthy(OWN_ADDRESS, "/readyz")).isNotZero();
        assertThat(healthy(OWN_ADDRESS, "/healthz")).isZero();
    }

    @Test
    void aNodeThatSpeaksTlsCountsAsStarted() throws Exception {
        HttpsServer https = HttpsServer.create(address(OWN_ADDRESS), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(certificate()));
        serve(https, 200);
        assertThat(waitReady(OWN_ADDRESS).exit()).isZero();
        assertThat(healthy(OWN_ADDRESS, "/healthz")).isZero();
        assertThat(healthy(OWN_ADDRESS, "/readyz")).isNotZero();
    }

    @Test
    void aNodeThatIsNotThereHasNotStarted() throws Exception {
        serve(HttpServer.create(address("127.0.0.1"), 0), 200);
        assertThat(waitReady(OWN_ADDRESS).exit()).isEqualTo(1);
        assertThat(healthy(OWN_ADDRESS, "/healthz")).isNotZero();
    }

    private static InetSocketAddress address(String literal) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(literal), 0);
    }

    private void serve(HttpServer started, int readiness) {
        server = started;
        byte[] body = "no database".getBytes(StandardCharsets.US_ASCII);
        server.createContext("/", exchange -> {
            try (exchange) {
                boolean alive = exchange.getRequestURI().getPath().equals("/healthz");
                exchange.sendResponseHeaders(alive ? 200 : readiness, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    private SSLContext certificate() throws Exception {
        Path store = KeyStores.in(folder);
        char[] password = KeyStores.PASSWORD.toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private Ran waitReady(String bind) throws Exception {
        return run(bind, "packaging/wait-ready");
    }

    private int healthy(String bind, String path) throws Exception {
        return run(bind, "docker/healthy", path).exit();
    }

    private Ran run(String bind, String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "LONGHAUL_BIND",
                        bind,
                        "LONGHAUL_PORT",
                        Integer.toString(server.getAddress().getPort()),
                        "LONGHAUL_READY_SECONDS",
                        "0"));
        builder.environment().keySet().removeAll(Set.of("LONGHAUL_READY", "LONGHAUL_PUBLIC_URL"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), said);
    }
}
