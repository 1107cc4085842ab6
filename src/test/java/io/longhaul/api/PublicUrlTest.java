package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jobs.example.org",
                "ftp://jobs.example.org",
                "https://",
                "https://0177.0.0.1",
                "http://127.1:8080/",
                "https://[fe80::1%25eth0]/",
                "https://a b",
                "https://user@jobs.example.org",
                "https://jobs.example.org/?x",
                "https://jobs.example.org/#x",
                "https:///x"
            })
    void unusableOrAmbiguousAddressesAreRefused(String url) {
        assertThatThrownBy(() -> ApiConfiguration.checkPublicUrl(url))
                .hasMessageStartingWith("publicUrl is " + url.replace("user@", "***@"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://jobs.example.org",
                "http://localhost:8080/",
                "HTTPS://Jobs.example.org/longhaul/",
                "http://[::1]:80"
            })
    void usualAddressesAreTaken(String url) {
        assertThatCode(() -> ApiConfiguration.checkPublicUrl(url)).doesNotThrowAnyException();
    }
}
