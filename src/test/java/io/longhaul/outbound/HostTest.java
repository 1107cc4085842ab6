package io.longhaul.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only reads: resolves no name and connects to no host. */
class HostTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0177.0.0.1", "127.0.0.01", "00.0.0.0", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f.1",
                "0x7f000001", "0X7F.0.0.1", "127.0.0.0x1", "0", "1.2.3.4.5", "256.0.0.1", "127.0.0.1.", "2130706433.",
                "0x", "1.example.2", "0177.0.0.1:8080", "user@0177.0.0.1", "4294967296", "99999999999999999999"
            })
    void numbersThatAreNoUsualAddressAreRefused(String host) {
        assertThat(Host.problem(URI.create("http://" + host + "/")))
                .hasValueSatisfying(problem -> assertThat(problem).contains("4 numbers with points"));
        assertThat(Host.literal(host)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[fe80::1%25eth0]",
                "[fe80::1%eth0]",
                "[fe80::1%251]",
                "[::1%25lo]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:ffff:7f00:1]",
                "[::127.0.0.1]",
                "[::7f00:1]"
            })
    void scopedAndWrappedAddressesAreRefused(String host) {
        assertThat(Host.problem(URI.create("http://" + host + "/"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uff11\uff12\uff17.0.0.1",
                "ex\u00e4mple.org",
                "example\u3002org",
                "127%2e0.0.1",
                "exam%70le.org",
                "my_host",
                "example.org..",
                ".example.org",
                "-a.example.org",
                "h:70000",
                "h:0",
                "a@b@c",
                "\u2488\u2488"
            })
    void whatIsNoHostToOneParserIsNoneAtAll(String host) {
        assertThat(Host.problem(URI.create("http://" + host + "/"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org", "example.org.", "EXAMPLE.org:8080", "localhost", "xn--bcher-kva.example",
                        "a.b-c.example",
                "127.0.0.1", "255.255.255.255:65535", "0.0.0.0", "[::1]", "[::]", "[2606:2800:220:1::1]:443",
                "[64:ff9b::1]", "1host", "a1.b2", "0x7g.example"
            })
    void usualHostsAreTaken(String host) {
        assertThat(Host.problem(URI.create("http://" + host + "/"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "10.20.30.255, 10.20.30.255",
        "[::1], 0:0:0:0:0:0:0:1",
        "fe80::1, fe80:0:0:0:0:0:0:1"
    })
    void anAddressIsReadWithoutANameServer(String host, String address) {
        assertThat(Host.literal(host))
                .hasValueSatisfying(found -> assertThat(found.getHostAddress()).isEqualTo(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "example.org", "1.2.3", "fe80::1%eth0", ".:1", "beef", "::g", "", "[]"})
    void invalidAddressesAreNotResolved(String host) {
        assertThat(Host.literal(host)).isEmpty();
    }
}
