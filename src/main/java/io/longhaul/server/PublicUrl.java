package io.longhaul.server;

import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The address of this server for clients: as configured, otherwise the one it listens on. Jetty opens its ports before
 * it starts the parts, so that a job that runs at once already has the address.
 */
final class PublicUrl implements LifeCycle.Listener, Managed, Supplier<String> {
    private final String configured;
    private volatile Server server;
    private volatile String listening = "";

    PublicUrl(String configured) {
        this.configured = configured.replaceAll("/+$", "");
    }

    /** The parts that are managed later know the address when they start. */
    void manage(LifecycleEnvironment lifecycle) {
        lifecycle.addEventListener(this);
        lifecycle.manage((Managed) this);
    }

    @Override
    public void lifeCycleStarting(LifeCycle starting) {
        server = (Server) starting;
    }

    @Override
    public void start() {
        listening = Greeting.address(server, "application");
    }

    @Override
    public String get() {
        return configured.isEmpty() ? listening : configured;
    }
}
