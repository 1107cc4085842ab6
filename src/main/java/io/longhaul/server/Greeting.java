package io.longhaul.server;

import io.dropwizard.lifecycle.ServerLifecycleListener;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.console.jobs.Way;
import io.longhaul.schema.Cures;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.tools.ToolRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the addresses of the server and a command to try, once it accepts requests. */
final class Greeting implements ServerLifecycleListener {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    private static final String TRY =
            "/v1/jobs -H 'Content-Type: application/json' -d '{\"tool\":\"sleep\",\"params\":{\"seconds\":3}}'";

    /** Jetty's name of the protocol: whatever counts connections wraps the factory, and hides its class. */
    private static final String TLS = "SSL";

    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

    private final ServiceConfiguration configuration;
    private final ToolRegistry tools;
    private final Cures cures;
    private final BooleanSupplier lacksKeys;

    /** Until then a change of the schema is none to tell of. */
    private volatile boolean isStarted;

    private volatile boolean isKeyTold;

    /** @param lacksKeys whether the database is known to hold no key that counts; asked where keys are asked for */
    Greeting(ServiceConfiguration configuration, ToolRegistry tools, Cures cures, BooleanSupplier lacksKeys) {
        this.configuration = configuration;
        this.tools = tools;
        this.cures = cures;
        this.lacksKeys = lacksKeys;
    }

    /** One event: people see its lines, and a log of JSON objects has one. */
    @Override
    public void serverStarted(Server server) {
        isStarted = true;
        LOG.info("{}", String.join(System.lineSeparator() + "  ", lines(server)));
    }

    /** While the server waited for the schema, nobody knew whether there was a key. */
    void schemaIs(SchemaState state) {
        if (state.ready() && isStarted && !isKeyTold) {
            key().ifPresent(line -> LOG.info("{}", line));
        }
    }

    private Optional<String> key() {
        boolean lacksOne = asksForKeys() && lacksKeys.getAsBoolean();
        if (lacksOne) {
            isKeyTold = true;
        }
        return lacksOne ? Optional.of("Key    export LONGHAUL_API_KEY=$(" + cures.firstKey() + ")") : Optional.empty();
    }

    private boolean asksForKeys() {
        return configuration.auth().mode() == AccessConfiguration.Mode.KEYS;
    }

    List<String> lines(Server server) {
        String api = address(server, "application");
        List<String> lines = new ArrayList<>(List.of("Longhaul " + io.longhaul.server.Server.VERSION + " serves:"));
        if (ConsoleModule.isOn(configuration)) {
            lines.add("Open   " + api + "/ in a browser: the console");
        }
        lines.add("API    " + api);
        lines.add("Docs   " + api + "/docs");
        lines.add("MCP    " + api + "/mcp");
        lines.add("Admin  " + address(server, "admin"));
        lines.add("Data   " + data());
        lines.add("Tools  " + String.join(", ", tools.names()));
        key().ifPresent(lines::add);
        lines.add("Try    curl -s " + (asksForKeys() ? Way.WITH_KEY : "") + api + TRY);
        return lines;
    }

    private String data() {
        return configuration.database().isEmbedded()
                ? Path.of(configuration.dataFolder()).toAbsolutePath().normalize() + " (PostgreSQL from inside the jar)"
                : configuration.database().toString();
    }

    static String address(Server server, String name) {
        return Arrays.stream(server.getConnectors())
                .filter(connector -> name.equals(connector.getName()))
                .findFirst()
                .map(Greeting::address)
                .orElse("off");
    }

    private static String address(Connector connector) {
        if (!(connector instanceof ServerConnector there)) {
            return connector.toString();
        }
        String scheme = there.getConnectionFactory(TLS) == null ? "http" : "https";
        String host = there.getHost() == null || EVERYWHERE.contains(there.getHost()) ? "localhost" : there.getHost();
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + there.getLocalPort();
    }
}
