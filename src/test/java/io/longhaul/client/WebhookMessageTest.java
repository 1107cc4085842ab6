package io.longhaul.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of messages, with the vector of the reference libraries of Standard Webhooks. */
class WebhookMessageTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static final String OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    private static final Instant NOW = Instant.ofEpochSecond(1614265331);

    private static Function<String, String> headers(String sent, String signatures) {
        return Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", sent,
                "webhook-signature", signatures)::get;
    }

    private static WebhookMessage verified(String secret, String sent, String signatures, String body, Instant now) {
        return WebhookMessage.verify(secret, headers(sent, signatures), body.getBytes(StandardCharsets.UTF_8), now);
    }

    @Test
    void oneRightSignatureIsEnough() {
        for (String signatures : new String[] {RIGHT, OTHER + " " + RIGHT}) {
            assertThat(verified(SECRET, "1614265330", signatures, BODY, NOW).id())
                    .isEqualTo("msg_p5jXN8AQM9LWM0D4loKWxJek");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1614265330, '" + OTHER + "', 0, the signature is another",
        "1614265330, ä, 0, the signature is none",
        "1614265331, '" + RIGHT + "', 0, another time was signed",
        "soon, '" + RIGHT + "', 0, the time is none",
        "9999999999999999999, '" + RIGHT + "', 0, the time is too large",
        "1614265330, '" + RIGHT + "', 301, it is too old",
        "1614265330, '" + RIGHT + "', -303, it comes from the future",
    })
    void refusesWhatIsWrong(String sent, String signatures, long later, String because) {
        assertThatThrownBy(() -> verified(SECRET, sent, signatures, BODY, NOW.plusSeconds(later)))
                .as(because)
                .isInstanceOf(WebhookSignatureException.class);
    }

    @Test
    void refusesAnotherBodyAndAMessageWithoutHeaders() {
        assertThatThrownBy(() -> verified(SECRET, "1614265330", RIGHT, BODY + " ", NOW))
                .isInstanceOf(WebhookSignatureException.class);
        assertThatThrownBy(() -> WebhookMessage.verify(SECRET, name -> null, new byte[0]))
                .isInstanceOf(WebhookSignatureException.class)
                .hasMessageContaining("webhook-id");
    }

    @Test
    void saysWhatASecretIsWithoutShowingIt() {
        for (String wrong : new String[] {"whsec_hush hush", "", "whsec_", null}) {
            assertThatThrownBy(() -> verified(wrong, "1614265330", RIGHT, BODY, NOW))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("whsec_ and Base64")
                    .hasMessageNotContaining("hush")
                    .hasNoCause();
        }
    }
}
