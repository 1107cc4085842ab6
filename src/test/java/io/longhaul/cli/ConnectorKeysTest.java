package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.longhaul.schema.CommandFailure;
import io.longhaul.testing.KeyStores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose key store cannot be read says so before anything starts. */
class ConnectorKeysTest {
    private static DefaultServerFactory server(Path store, String password) {
        HttpsConnectorFactory tls = new HttpsConnectorFactory();
        tls.setKeyStorePath(store.toString());
        tls.setKeyStorePassword(password);
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(tls));
        return server;
    }

    @Test
    void aWrongPasswordAndAMissingFileAreRefusedWithTheSettings(@TempDir Path folder) throws Exception {
        Path store = KeyStores.in(folder);
        assertThatCode(() -> ConnectorKeys.requireReadable(server(store, KeyStores.PASSWORD)))
                .doesNotThrowAnyException();
        for (DefaultServerFactory wrong :
                List.of(server(store, "wrong"), server(folder.resolve("none.p12"), KeyStores.PASSWORD))) {
            assertThatThrownBy(() -> ConnectorKeys.requireReadable(wrong))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining(".p12 cannot be read: ")
                    .hasMessageContaining("Correct keyStorePath, keyStorePassword");
        }
    }

    @Test
    void anAddressOfAKeyStoreIsJettysBusiness() throws Exception {
        ConnectorKeys.requireReadable(server(Path.of("file:/none.p12"), ""));
    }
}
