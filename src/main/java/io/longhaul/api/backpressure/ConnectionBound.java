package io.longhaul.api.backpressure;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Keeps clients from using up the file descriptors of the process, which the database, tools and the admin port need, too. At
 * the bound, idle connections are closed soon, and new ones wait to be accepted.
 */
final class ConnectionBound implements LifeCycle.Listener {
    private static final String ADMIN = "admin";

    /** Other descriptors of the process, with some room for tools and their files. */
    private static final long OTHERS = 512;

    /**
     * A health check waits behind the idle connections that came before it. With some hundreds of them this time still
     * allows an answer within a second.
     */
    private static final long IDLE_MILLIS = 250;

    private final int most;

    ConnectionBound(int most) {
        this.most = most;
    }

    /** The bound that follows from this process's limit of descriptors. */
    static ConnectionBound ofProcess() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
        return new ConnectionBound((int) Math.min(Integer.MAX_VALUE, Math.max(descriptors / 2, descriptors - OTHERS)));
    }

    /** Must come before the connectors start, because they look for it then. */
    @Override
    public void lifeCycleStarting(LifeCycle starting) {
        if (starting instanceof Server server) {
            Connector[] connectors = Stream.of(server.getConnectors())
                    .filter(connector -> !ADMIN.equals(connector.getName()))
                    .toArray(Connector[]::new);
            server.addBean(new Bound(most, server, connectors));
        }
    }

    /**
     * Jetty's limit. A connection that was being accepted when the bound was reached keeps its long idle timeout; as long as
     * the bound is reached, such connections get the short one, too. Whether connections are accepted is left to Jetty, which
     * decides it under its own lock.
     */
    private static final class Bound extends NetworkConnectionLimit {
        private final Server server;
        private final Connector[] connectors;
        private final AtomicBoolean looksAgain = new AtomicBoolean();

        Bound(int most, Server server, Connector[] connectors) {
            super(most, connectors);
            this.server = server;
            this.connectors = connectors;
            setEndPointIdleTimeout(IDLE_MILLIS);
        }

        @Override
        protected void limit() {
            super.limit();
            lookLater();
        }

        private void lookLater() {
            if (looksAgain.compareAndSet(false, true)) {
                server.getScheduler().schedule(this::lookAgain, IDLE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void lookAgain() {
            looksAgain.set(false);
            int connections = getNetworkConnectionCount() + getPendingNetworkConnectionCount();
            if (isRunning() && connections >= getMaxNetworkConnectionCount()) {
                for (Connector connector : connectors) {
                    connector.getConnectedEndPoints().forEach(one -> one.setIdleTimeout(IDLE_MILLIS));
                }
                lookLater();
            }
        }
    }
}
