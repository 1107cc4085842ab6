package io.longhaul.cli;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.longhaul.doctor.Doctor;
import io.longhaul.doctor.Result;
import io.longhaul.doctor.Setup;
import io.longhaul.schema.CommandFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The key stores of connectors that speak TLS. */
final class ConnectorKeys {
    private ConnectorKeys() {}

    /** Those that are files; Jetty takes addresses as well. */
    static List<Setup.Keys> of(ServerFactory server) {
        if (!(server instanceof DefaultServerFactory connectors)) {
            return List.of();
        }
        return Stream.concat(connectors.getApplicationConnectors().stream(), connectors.getAdminConnectors().stream())
                .filter(HttpsConnectorFactory.class::isInstance)
                .map(HttpsConnectorFactory.class::cast)
                .filter(tls -> tls.getKeyStorePath() != null
                        && tls.getKeyStoreProvider() == null
                        && !tls.getKeyStorePath().matches("[A-Za-z]{2,}:.*"))
                .map(tls -> new Setup.Keys(
                        Path.of(tls.getKeyStorePath()),
                        Optional.ofNullable(tls.getKeyStorePassword()).orElse(""),
                        Optional.ofNullable(tls.getKeyStoreType()).orElse("PKCS12")))
                .toList();
    }

    /** Jetty would say so only after the database has started, in the words of Java. */
    static void requireReadable(ServerFactory server) throws CommandFailure {
        Optional<Result> wrong = Doctor.unreadable(of(server));
        if (wrong.isPresent()) {
            throw new CommandFailure(wrong.get().message() + " " + wrong.get().cure());
        }
    }
}
