package io.longhaul.cli;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.longhaul.schema.CommandFailure;
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

    /**
     * Refuses addresses at which no server could listen, whatever else runs: those that lead nowhere, and one port for two
     * connectors. Opens none.
     *
     * @throws CommandFailure with cause and cure
     */
    static void requirePossible(ServerFactory server) throws CommandFailure {
        List<InetSocketAddress> all = new ArrayList<>();
        for (HttpConnectorFactory connector : connectors(server).toList()) {
            InetSocketAddress address = address(connector);
            if (address.isUnresolved()) {
                throw new CommandFailure(BindFailure.unknown(address.getHostString()));
            }
            if (all.stream().anyMatch(other -> areOne(other, address))) {
                throw new CommandFailure("Two connectors of this server are to listen on port " + address.getPort()
                        + ". Give them different ones: LONGHAUL_PORT (server.applicationConnectors) and LONGHAUL_ADMIN_PORT"
                        + " (server.adminConnectors).");
            }
            all.add(address);
        }
    }

    /** The system chooses another one for each port 0. */
    private static boolean areOne(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() == other.getPort()
                && one.getPort() != 0
                && (one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress()
                        || one.getAddress().equals(other.getAddress()));
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

    private static InetSocketAddress address(HttpConnectorFactory connector) {
        return connector.getBindHost() == null
                ? new InetSocketAddress(connector.getPort())
                : new InetSocketAddress(connector.getBindHost(), connector.getPort());
    }

    private static ServerSocketChannel listening(HttpConnectorFactory connector) throws IOException {
        InetSocketAddress address = address(connector);
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
