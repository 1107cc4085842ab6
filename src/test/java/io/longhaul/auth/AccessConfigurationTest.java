package io.longhaul.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessConfigurationTest {
    private static final ObjectMapper JSON = Jackson.newObjectMapper();

    private static AccessConfiguration read(String json) throws Exception {
        return JSON.readValue(json, AccessConfiguration.class);
    }

    @Test
    void readsAProvider() throws Exception {
        OidcConfiguration oidc = read("""
                {"mode": "keys", "oidc": {"issuer": "https://id.example", "audience": "us",
                 "jwks": "https://id.example/keys", "rolesClaim": "groups", "roles": {"staff": "READ"},
                 "clockSkew": "5s"}}""").oidc();
        assertThat(oidc)
                .isEqualTo(new OidcConfiguration(
                        "https://id.example",
                        "us",
                        "https://id.example/keys",
                        "sub",
                        "groups",
                        Map.of("staff", Role.READ),
                        Duration.ofSeconds(5)));
        assertThat(read("{\"mode\": \"keys\", \"oidc\": {\"issuer\": \"\"}}")
                        .oidc()
                        .isOn())
                .isFalse();
    }

    @Test
    void allIsShownWithoutKeysAndWithSharedVisibility() throws Exception {
        assertThat(read("{\"mode\": \"keys\"}").showsAll()).isFalse();
        assertThat(read("{\"mode\": \"keys\", \"sharedVisibility\": true}").showsAll())
                .isTrue();
        assertThat(read("{}").showsAll()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"oidc": {"issuer": "i", "audience": "a", "jwks": "f"}}                              | set auth.mode to keys
            {"guests": true, "sharedVisibility": true}                                            | auth.guests is true and auth.mode is none
            {"mode": "keys", "guests": true}                                                      | LONGHAUL_AUTH_SHARED=true
            {"mode": "keys", "oidc": {"issuer": "i", "jwks": "f"}}                                | auth.oidc.audience is not
            {"mode": "keys", "oidc": {"issuer": "i", "audience": "a"}}                            | auth.oidc.jwks is not
            {"mode": "keys", "oidc": {"issuer": "i", "audience": "a", "jwks": "https://0177.0.0.1/k"}} | without zeros before it
            {"mode": "keys", "oidc": {"issuer": "i", "audience": "a", "jwks": "https://a b/k"}}   | auth.oidc.jwks is no address
            {"mode": "keys", "oidc": {"issuer": "i", "audience": "a", "jwks": "http://id.example/k"}} | begins with https://
            {"mode": "keys", "oidc": {"issuer": "i", "audience": "a", "jwks": "ftp://localhost/k"}}   | begins with https://
            {"mode": "keys", "oidc": {"roles": {"x": "root"}}}                                    | write read, submit, work
            {"mode": "keys", "oidc": {"roles": {"x": "none"}}}                                    | write read, submit, work
            {"mode": "keys", "oidc": {"clockSkew": "1h"}}                                         | from 0s to 10m
            {"mode": "keys", "oidc": {"signIn": {"clientId": "c"}}}                               | clientSecret is not: write {env: NAME}
            {"mode": "keys", "oidc": {"signIn": {"clientId": "c", "clientSecret": "s3cret"}}}     | not written down here
            {"mode": "keys", "oidc": {"signIn": {"clientId": "c", "clientSecret": {"env": "S"}}}} | auth.oidc.issuer is not
            {"mode": "keys", "oidc": {"signIn": {"clientId": "c", "clientSecret": {"env": "S"}, "scopes": ["a b"]}}} | a list of words
            {"mode": "keys", "oidc": {"signIn": {"clientId": "c", "clientSecret": {"env": "S"}, "scopes": ["profile"]}}} | lacks openid
            {"mode": "keys", "oidc": {"issuer": "http://id.example", "audience": "a", "jwks": "f", "signIn": {"clientId": "c", "clientSecret": {"env": "S"}}}} | auth.oidc.issuer is http://id.example: write an address
            """)
    void whatIsWrongSaysTheCure(String json, String cure) {
        assertThatThrownBy(() -> read(json)).hasMessageContaining(cure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "null", "https://*.example", "https://a.example/", "a.example", "https://a.example/x"})
    void acceptsWholeOriginsOnly(String origin) {
        assertThatThrownBy(() -> read("{\"corsOrigins\": [\"" + origin + "\"]}"))
                .hasMessageContaining("whole origins");
    }
}
