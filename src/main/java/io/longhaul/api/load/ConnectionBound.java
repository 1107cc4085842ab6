package io.longhaul.api.load;

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
 * Keeps clients from using up the descriptors of the process: some are left for the database, for tools and for the admin
 * port. At the bound, connections on which nothing goes on are closed soon, and others wait to be accepted.
 */
public final class ConnectionBound implements LifeCycle.Listener {
    private static final String ADMIN = "admin";

    /** What the process has open besides, with some room for tools and their files. */
    private static final long OTHERS = 512;

    /**
     * Who asks for health waits behind as many silent connections as come in at once; of some hundreds that are closed in
     * turn, this leaves the answer within a second.
     */
    private static final long IDLE_MILLIS = 250;

    private final int most;

    public ConnectionBound(int most) {
        this.most = most;
    }

    /** What the descriptors of this process allow. */
    static ConnectionBound ofProcess() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
        return new ConnectionBound((int) Math.min(Integer.MAX_VALUE, Math.max(descriptors / 2, descriptors - OTHERS)));
    }

    /** Connectors ask for it when they start. */
    @Override
    public void lifeCycleStarting(LifeCycle starting) {
        if (starting instanceof Server server) {
            Connector[] connectors = Stream.of(server.getConnectors())
                    .filter(connector -> !ADMIN.equals(connector.getName()))
                    .toArray(Connector[]::new);
            server.addBean(new Bound(most, server, connectors));
        }
    }

    /** Jetty's own, which also sees connections that were being accepted when the bound was reached. */
    private static final class Bound extends NetworkConnectionLimit {
        private final Server server;
        private final AtomicBoolean looksAgain = new AtomicBoolean();

        Bound(int most, Server server, Connector[] connectors) {
            super(most, connectors);
            this.server = server;
            setEndPointIdleTimeout(IDLE_MILLIS);
        }

        @Override
        protected void limit() {
            super.limit();
            if (looksAgain.compareAndSet(false, true)) {
                server.getScheduler().schedule(this::lookAgain, IDLE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void lookAgain() {
            looksAgain.set(false);
            if (isRunning() && getNetworkConnectionCount() >= getMaxNetworkConnectionCount()) {
                limit();
            }
        }
    }
}
