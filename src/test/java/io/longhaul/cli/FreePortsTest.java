package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.longhaul.schema.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that cannot listen shall say so before it makes a folder of 100 MB. */
class FreePortsTest {
    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    private static <T extends HttpConnectorFactory> T at(T connector, String host, int port) {
        connector.setBindHost(host);
        connector.setPort(port);
        return connector;
    }

    private static DefaultServerFactory server(ConnectorFactory api, ConnectorFactory admin) {
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(api));
        server.setAdminConnectors(List.of(admin));
        return server;
    }

    private static HttpConnectorFactory http(int port) {
        return at(new HttpConnectorFactory(), "127.0.0.1", port);
    }

    @Test
    void aTakenPortIsFoundOfEachConnector() throws Exception {
        try (ServerSocket taken = taken()) {
            int port = taken.getLocalPort();
            SimpleServerFactory simple = new SimpleServerFactory();
            simple.setConnector(http(port));
            HttpConnectorFactory tls = at(new HttpsConnectorFactory(), "127.0.0.1", port);
            for (var server :
                    List.of(server(http(port), http(0)), server(http(0), http(port)), simple, server(tls, http(0)))) {
                assertThatThrownBy(() -> FreePorts.check(server))
                        .satisfies(failure -> assertThat(BindFailure.of(failure).orElseThrow())
                                .startsWith(
                                        "Failed to bind to /127.0.0.1:" + port + ". Another program uses that port"));
            }
        }
    }

    @Test
    void aPortThatBothWantIsTaken() throws Exception {
        int port;
        try (ServerSocket free = taken()) {
            port = free.getLocalPort();
        }
        FreePorts.check(server(http(port), http(0)));
        FreePorts.check(server(http(port), http(0)));
        assertThatThrownBy(() -> FreePorts.check(server(http(port), http(port))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void addressesAtWhichNoServerCouldListenAreRefusedWhateverRuns() throws Exception {
        assertThatThrownBy(() -> FreePorts.requirePossible(server(http(8080), http(8080))))
                .hasMessageContaining("on port 8080")
                .hasMessageContaining("LONGHAUL_ADMIN_PORT");
        HttpConnectorFactory everywhere = at(new HttpConnectorFactory(), null, 8080);
        assertThatThrownBy(() -> FreePorts.requirePossible(server(everywhere, http(8080))))
                .isInstanceOf(CommandFailure.class);
        HttpConnectorFactory nowhere = at(new HttpConnectorFactory(), "nowhere.invalid", 8080);
        assertThatThrownBy(() -> FreePorts.requirePossible(server(nowhere, http(8081))))
                .hasMessageStartingWith("nowhere.invalid is no name or address that this machine knows. Correct");
        HttpConnectorFactory other = at(new HttpConnectorFactory(), "127.0.0.2", 8080);
        FreePorts.requirePossible(server(other, http(8080)));
        FreePorts.requirePossible(server(http(0), http(0)));
    }

    @Test
    void anInheritedSocketIsNotLookedAt() throws Exception {
        try (ServerSocket taken = taken()) {
            HttpConnectorFactory inherited = http(taken.getLocalPort());
            inherited.setInheritChannel(true);
            FreePorts.check(server(inherited, http(0)));
        }
    }
}
