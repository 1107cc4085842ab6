package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands job and mcp ask the server that the same environment would start. */
class ServerAddressTest {
    private static String in(String... pairs) {
        Map<String, String> environment = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return ServerAddress.in(environment);
    }

    @Test
    void theAddressIsThatOfAServerWithTheSameEnvironment() {
        assertThat(in()).isEqualTo("http://127.0.0.1:8080");
        assertThat(in("LONGHAUL_PORT", " ", "LONGHAUL_URL", "")).isEqualTo("http://127.0.0.1:8080");
        assertThat(in("LONGHAUL_PORT", "9090")).isEqualTo("http://127.0.0.1:9090");
        assertThat(in("LONGHAUL_BIND", "0.0.0.0", "LONGHAUL_PORT", "9090")).isEqualTo("http://127.0.0.1:9090");
        assertThat(in("LONGHAUL_BIND", "10.0.0.7")).isEqualTo("http://10.0.0.7:8080");
        assertThat(in("LONGHAUL_BIND", "::1")).isEqualTo("http://[::1]:8080");
    }

    @Test
    void anAddressThatIsGivenComesFirst() {
        assertThat(in("LONGHAUL_URL", "http://10.0.0.7:1,http://10.0.0.8:1", "LONGHAUL_PORT", "tcp://10.0.0.9:8080"))
                .isEqualTo("http://10.0.0.7:1,http://10.0.0.8:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"banana", "0", "70000", "-1", "tcp://10.0.0.9:8080"})
    void whereNoServerCanBeTheCommandsSayWhatToSet(String port) {
        Map<String, String> environment = Map.of("LONGHAUL_PORT", port);
        for (boolean job : List.of(true, false)) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
            ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
            int exit = job
                    ? new JobCommand(environment, nothing, err, err).run(List.of("list"))
                    : new McpCommand(environment, nothing, err, err).run(List.of());
            assertThat(exit).isEqualTo(2);
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("LONGHAUL_PORT is \"" + port + "\"", "--url", "LONGHAUL_URL")
                    .hasLineCount(1);
        }
    }
}
