package io.longhaul.cli;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks whether a server can listen where it shall, before it makes or changes anything. */
final class FreePorts {
    private FreePorts() {}

    /**
     * Listens at all addresses for a moment.
     *
     * @throws IOException as the server would throw it that cannot listen at one of them
     */
    static void check(ServerFactory server) throws IOException {
        List<ServerSocketChannel> all = new ArrayList<>();
        try {
            for (HttpConnectorFactory connector : connectors(server).toList()) {
                all.add(listening(connector));
            }
        } finally {
            for (ServerSocketChannel one : all) {
                one.close();
            }
        }
    }

    /** Those that open an address themselves; one that inherits its socket finds it open. */
    private static Stream<HttpConnectorFactory> connectors(ServerFactory server) {
        Stream<ConnectorFactory> all = server instanceof DefaultServerFactory usual
                ? Stream.concat(usual.getApplicationConnectors().stream(), usual.getAdminConnectors().stream())
                : Stream.of(((SimpleServerFactory) server).getConnector());
        return all.filter(HttpConnectorFactory.class::isInstance)
                .map(HttpConnectorFactory.class::cast)
                .filter(connector -> !connector.isInheritChannel());
    }

    private static ServerSocketChannel listening(HttpConnectorFactory connector) throws IOException {
        InetSocketAddress address = connector.getBindHost() == null
                ? new InetSocketAddress(connector.getPort())
                : new InetSocketAddress(connector.getBindHost(), connector.getPort());
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.socket().setReuseAddress(connector.isReuseAddress());
            channel.socket().bind(address);
            return channel;
        } catch (IOException e) {
            channel.close();
            // Jetty's words, which BindFailure reads.
            throw new IOException("Failed to bind to " + address, e);
        }
    }
}
