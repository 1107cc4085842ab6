package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    private static final AddressPolicy PUBLIC = new AddressPolicy(false, List.of());
    private static final AddressPolicy PRIVATE = new AddressPolicy(true, List.of());

    private static boolean allows(AddressPolicy policy, String address) throws Exception {
        return policy.mayConnect("hooks.example.org", InetAddress.getByName(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "2a00::1"})
    void publicAddressesAreAllowed(String address) throws Exception {
        assertThat(allows(PUBLIC, address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "::1",
                "fc00::1",
                "fd12:3456::1",
                "::ffff:10.0.0.1",
                "::ffff:127.0.0.1"
            })
    void privateAddressesAreAllowedOnlyIfTheConfigurationSaysSo(String address) throws Exception {
        assertThat(allows(PUBLIC, address)).isFalse();
        assertThat(allows(PRIVATE, address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0", "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
                        "224.0.0.1",
                "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fec0::1", "ff02::1",
                        "64:ff9b::a00:1",
                "2001::1", "2001:db8::1", "2002:a00:1::1", "::ffff:169.254.169.254", "fd00:ec2::254"
            })
    void specialAddressesAreRefusedWhateverIsPrivate(String address) throws Exception {
        assertThat(allows(PUBLIC, address)).isFalse();
        boolean uniqueLocal = address.startsWith("fd");
        assertThat(allows(PRIVATE, address)).isEqualTo(uniqueLocal);
    }

    @Test
    void configuredAddressesAreAllowed() throws Exception {
        AddressPolicy some =
                new AddressPolicy(false, List.of("10.1.0.0/16", "169.254.169.254", "Hooks.Internal", "fd00::/8"));
        assertThat(allows(some, "10.1.255.255")).isTrue();
        assertThat(allows(some, "10.2.0.0")).isFalse();
        assertThat(allows(some, "169.254.169.254")).isTrue();
        assertThat(allows(some, "fdff::1")).isTrue();
        assertThat(some.mayConnect("hooks.internal", InetAddress.getByName("10.9.9.9")))
                .isTrue();
        assertThat(some.mayConnect("other.internal", InetAddress.getByName("10.9.9.9")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org/",
                "file:///etc/passwd",
                "//example.org/",
                "example.org",
                "https://",
                "https:///x",
                "",
                "http:x",
                "https://user:word@example.org/",
                "https://example.org/#x",
                "https://example.org:99999/",
                "https://exa mple.org/",
                "https://ex\u00e4mple.org/",
                "http://127.0.0.1/",
                "http://[::1]:8080/",
                "http://localhost:9000/",
                "http://LOCALHOST./",
                "http://x.localhost/",
                "http://[::ffff:10.0.0.1]/",
                "http://169.254.169.254/latest",
                "gopher://10.0.0.1/",
                "http://0/",
                "http://2130706433/",
                "http://0x7f.0.0.1/",
                "http://127.1/",
                "http://0177.0.0.1/",
                "http://8.8.8.010/",
                "http://08.8.8.8/",
                "http://8.8.8.8./",
                "http://8.8.2056/",
                "http://[2606:2800:220:1::1%25eth0]/",
                "http://[::ffff:8.8.8.8]/",
                "http://[64:ff9b::808:808]/",
                "http://[2002:808:808::1]/",
                "http://example%2eorg/",
                "http://example.org:0/",
                "http://a@b@example.org/",
                "http://@example.org/",
                "http://\uff18.8.8.8/",
                "javascript:alert(1)"
            })
    void anAddressThatCannotBeMeantIsRefusedAtOnce(String url) {
        assertThat(PUBLIC.refusal(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://0x7f.1/",
                "http://[::1%25lo]/",
                "http://[::ffff:7f00:1]/"
            })
    void formsThatSystemsReadInDifferentWaysAreRefusedWhateverIsAllowed(String url) {
        assertThat(PRIVATE.refusal(url)).isPresent();
        assertThat(new AddressPolicy(true, List.of("0.0.0.0/0", "::/0")).refusal(url))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "http://example.org:8080/hooks?token=x",
                "HTTPS://Example.ORG/a/b",
                "https://93.184.216.34/",
                "https://[2606:2800:220:1::1]/x"
            })
    void anAddressInPublicIsTaken(String url) {
        assertThat(PUBLIC.refusal(url)).isEmpty();
    }

    @Test
    void aRefusalNamesTheCure() {
        assertThat(PUBLIC.refusal("http://localhost:9000/").orElseThrow())
                .contains("127.0.0.1")
                .contains("webhooks.allowPrivate");
        assertThat(PRIVATE.refusal("http://localhost:9000/")).isEmpty();
    }

    @Test
    void aWrongConfigurationNamesTheCure() {
        assertThatThrownBy(() -> configuration("10.0.0.0/40"))
                .hasMessageContaining("webhooks.allow has \"10.0.0.0/40\"");
        assertThatThrownBy(() -> configuration("http://x")).hasMessageContaining("name of a host");
        assertThatThrownBy(() -> configuration("300.1.1.1")).hasMessageContaining("300.1.1.1");
        assertThatThrownBy(() -> configuration("010.0.0.0/8")).hasMessageContaining("010.0.0.0/8");
        assertThatThrownBy(() -> configuration("0x7f.1")).hasMessageContaining("0x7f.1");
        assertThat(configuration("hooks-1.internal").allow()).hasSize(1);
        assertThatThrownBy(() -> WebhooksConfiguration.of(
                        null, null, null, null, null, null, io.dropwizard.util.Duration.hours(2), null))
                .hasMessageContaining("webhooks.retention (7200s) is not longer");
    }

    private static WebhooksConfiguration configuration(String allow) {
        return WebhooksConfiguration.of(null, List.of(allow), null, null, null, null, null, null);
    }
}
