package io.longhaul.server;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.longhaul.api.access.AccessFilter;
import io.longhaul.api.access.AdminGate;
import io.longhaul.api.access.AuditResource;
import io.longhaul.api.backpressure.Lanes;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Loopback;
import io.longhaul.auth.ownership.SubmissionOwnership;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.logging.RedactedRequestLog;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Protects the server from people who should not use it. */
final class AccessModule {
    /** Name of the housekeeping task that deletes old audit entries. */
    static final String CLEAN_UP = "audit-clean-up";

    private static final Logger LOG = LoggerFactory.getLogger("longhaul");
    private static final int KEPT_DAYS = 90;
    private static final int BATCH = 1000;

    private AccessModule() {}

    /** Refuses to start if anybody on the network could use this server without authentication. */
    static void requireSafe(ServiceConfiguration configuration, Map<String, String> environment, Cures cures)
            throws CommandFailure {
        String insecure = environment.getOrDefault("LONGHAUL_INSECURE", "");
        if ("true".equalsIgnoreCase(insecure)) {
            return;
        }
        String otherwise = " or say LONGHAUL_INSECURE=true if something else keeps strangers away"
                + (insecure.isBlank() ? "." : "; it is " + insecure + ", and nothing but true counts.");
        boolean open = configuration.auth().mode() == AccessConfiguration.Mode.NONE;
        if (open && !isLoopbackOnly(configuration)) {
            throw new CommandFailure("the API would be open to the network, and nobody would have to say who they are."
                    + " Set LONGHAUL_AUTH=keys and make the first key with `"
                    + cures.firstKey() + "`,"
                    + " or bind it to this machine (LONGHAUL_BIND=127.0.0.1),"
                    + otherwise);
        }
        if (!isLoopback(admin(configuration.getServerFactory()))) {
            if (open) {
                throw new CommandFailure("the admin port would be open to the network, and it knows no keys."
                        + " Bind it to this machine (LONGHAUL_ADMIN_BIND=127.0.0.1),"
                        + otherwise);
            }
            LOG.warn("The admin port is open to the network and checks no keys: protect it by a firewall.");
        }
    }

    static void install(
            Environment environment,
            ServiceConfiguration configuration,
            Jdbi jdbi,
            SubmissionOwnership ownership,
            FailureTranslator problems) {
        AbstractServerFactory server = (AbstractServerFactory) configuration.getServerFactory();
        server.setRequestLogFactory(new RedactedRequestLog(server.getRequestLogFactory()));
        // It names threads after the whole URL, so that logs and /threads show what callers put there.
        server.setEnableThreadNameFilter(false);
        Lanes.install(environment, server.getMaxThreads());
        AccessFilter.ServerAddress address =
                new AccessFilter.ServerAddress(isLoopbackOnly(configuration), configuration.publicUrl());
        AccessFilter.install(environment, configuration.auth(), address, jdbi, ownership, problems);
        AdminGate.install(environment, configuration.auth(), configuration.publicUrl());
        environment.jersey().register(new AuditResource(jdbi.onDemand(AuditStatements.class)));
    }

    /** Whether the database is known to hold no key that counts. */
    static boolean lacksKeys(Jdbi jdbi) {
        try {
            return !jdbi.withExtension(KeyStatements.class, KeyStatements::any);
        } catch (JdbiException e) {
            LOG.debug("Could not see whether there is a key", e);
            return false;
        }
    }

    static Duration cleanAudit(Jdbi jdbi) {
        int removed = jdbi.withExtension(AuditStatements.class, audit -> audit.removeOld(KEPT_DAYS, BATCH));
        return removed >= BATCH ? Duration.ZERO : Duration.ofHours(1);
    }

    /** True if only this machine reaches the API. */
    static boolean isLoopbackOnly(ServiceConfiguration configuration) {
        return isLoopback(api(configuration.getServerFactory()));
    }

    private static List<ConnectorFactory> api(ServerFactory server) {
        return server instanceof DefaultServerFactory usual
                ? usual.getApplicationConnectors()
                : List.of(((SimpleServerFactory) server).getConnector());
    }

    private static List<ConnectorFactory> admin(ServerFactory server) {
        return server instanceof DefaultServerFactory usual ? usual.getAdminConnectors() : List.of();
    }

    /** A connector of an unknown kind counts as open. */
    private static boolean isLoopback(List<ConnectorFactory> connectors) {
        return connectors.stream()
                .allMatch(connector ->
                        connector instanceof HttpConnectorFactory http && Loopback.holds(http.getBindHost()));
    }
}
