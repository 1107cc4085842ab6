package io.longhaul.testing;

import io.dropwizard.core.Application;
import io.dropwizard.testing.DropwizardTestSupport;
import io.longhaul.App;
import io.longhaul.config.ServiceConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A node in this process as {@code server} starts it, on ports of its own. */
public final class WholeNode {
    private final Path file;
    private DropwizardTestSupport<ServiceConfiguration> running;

    private WholeNode(Path file) {
        this.file = file;
    }

    /** Starts a node with more blocks of configuration. */
    public static WholeNode start(TestDatabase database, String more) throws Exception {
        return start(database, database.jdbcUrl(), more);
    }

    /** Starts a node that reaches its database at another address. */
    public static WholeNode start(TestDatabase database, String url, String more) throws Exception {
        Path file = Files.createTempFile("node", ".yml");
        WholeNode node = new WholeNode(file);
        Files.writeString(
                file,
                """
                database: {url: "%s", user: "%s", password: "%s", maxSize: 8}
                workers: {concurrency: 4, drain: 1s, node: oslo}
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                  shutdownGracePeriod: 2s
                  requestLog: {appenders: []}
                logging: {level: WARN}
                """.formatted(url, database.user(), database.password() == null ? "" : database.password()) + more);
        node.running = new DropwizardTestSupport<>(App.class, file.toString()) {
            @Override
            public Application<ServiceConfiguration> newApplication() {
                return new App();
            }
        };
        node.running.before();
        return node;
    }

    /** Stops it, as a deployment does; once is enough. */
    public void stop() throws IOException {
        if (running != null) {
            running.after();
            running = null;
        }
        Files.deleteIfExists(file);
    }

    public String url() {
        return "http://127.0.0.1:" + running.getLocalPort();
    }

    /** The address of the admin port. */
    public String adminUrl() {
        return "http://127.0.0.1:" + running.getAdminPort();
    }

    /** The value of a counter of this node. */
    public long counted(String name) {
        return running.getEnvironment().metrics().counter(name).getCount();
    }

    /** The value of a gauge of this node. */
    public Object measured(String name) {
        return running.getEnvironment().metrics().getGauges().get(name).getValue();
    }
}
