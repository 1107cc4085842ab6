package io.longhaul.server;

import io.dropwizard.lifecycle.ServerLifecycleListener;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Server;

/** The address of this server for clients: as configured, otherwise the one it listens on. */
final class PublicUrl implements ServerLifecycleListener, Supplier<String> {
    private final String configured;
    private volatile String listening = "";

    PublicUrl(String configured) {
        this.configured = configured.replaceAll("/+$", "");
    }

    @Override
    public void serverStarted(Server server) {
        listening = Greeting.address(server, "application");
    }

    @Override
    public String get() {
        return configured.isEmpty() ? listening : configured;
    }
}
