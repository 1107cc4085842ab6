package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {
    /** From the tests of the reference libraries of Standard Webhooks. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIMESTAMP = 1614265330;
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void aSignatureIsThatOfTheReferenceLibraries() {
        assertThat(WebhookSecret.parse(SECRET).orElseThrow().sign(ID, TIMESTAMP, BODY.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(SIGNATURE);
    }

    @Test
    void aRandomSecretCanBeReadAgainAndDiffersEachTime() {
        String drawn = WebhookSecret.random().reveal();
        assertThat(WebhookSecret.parse(drawn).orElseThrow().reveal()).isEqualTo(drawn);
        assertThat(Base64.getDecoder().decode(drawn.substring("whsec_".length())))
                .hasSize(32);
        assertThat(WebhookSecret.random().reveal()).isNotEqualTo(drawn);
    }

    @Test
    void invalidSecretsAreRefused() {
        assertThat(WebhookSecret.parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isEmpty();
        assertThat(WebhookSecret.parse("whsec_")).isEmpty();
        assertThat(WebhookSecret.parse("whsec_c2hvcnQ=")).isEmpty();
        assertThat(WebhookSecret.parse("whsec_!!!")).isEmpty();
        assertThat(WebhookSecret.parse("whsec_" + Base64.getEncoder().encodeToString(new byte[65])))
                .isEmpty();
    }

    @Test
    void aSecretPrintsNothingOfItself() {
        assertThat(WebhookSecret.parse(SECRET).orElseThrow()).hasToString("whsec_...");
    }
}
