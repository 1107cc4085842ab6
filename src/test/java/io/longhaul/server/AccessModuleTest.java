package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.Cures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessModuleTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0.0.0.0", "::", "192.0.2.1"})
    void withoutKeysTheNetworkIsRefusedAndTheCuresAreNamed(String host) {
        assertThatThrownBy(() -> AccessModule.requireSafe(bound(host, "127.0.0.1"), Map.of(), new Cures("my.yml")))
                .hasMessageContaining("LONGHAUL_AUTH=keys")
                .hasMessageContaining("`java -jar app.jar key create --name me --role admin my.yml`")
                .hasMessageContaining("LONGHAUL_BIND")
                .hasMessageContaining("LONGHAUL_INSECURE");
        assertThatThrownBy(() -> AccessModule.requireSafe(bound("127.0.0.1", host), Map.of(), new Cures("my.yml")))
                .hasMessageContaining("LONGHAUL_ADMIN_BIND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
    void loopbackIsSafe(String host) {
        assertThatCode(() -> AccessModule.requireSafe(bound(host, host), Map.of(), new Cures("my.yml")))
                .doesNotThrowAnyException();
    }

    @Test
    void anExplicitSettingAllowsAnOpenServer() {
        assertThatCode(() -> AccessModule.requireSafe(
                        bound("0.0.0.0", "0.0.0.0"), Map.of("LONGHAUL_INSECURE", "true"), new Cures("my.yml")))
                .doesNotThrowAnyException();
    }

    @Test
    void aSettingThatDoesNotCountIsNamed() {
        assertThatThrownBy(() -> AccessModule.requireSafe(
                        bound("0.0.0.0", "127.0.0.1"), Map.of("LONGHAUL_INSECURE", "yes"), new Cures("my.yml")))
                .hasMessageEndingWith("; it is yes, and nothing but true counts.");
    }

    private static ServiceConfiguration bound(String api, String admin) {
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(connector(api)));
        server.setAdminConnectors(List.of(connector(admin)));
        ServiceConfiguration configuration = new ServiceConfiguration();
        configuration.setServerFactory(server);
        return configuration;
    }

    private static HttpConnectorFactory connector(String host) {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setBindHost(host);
        return connector;
    }
}
