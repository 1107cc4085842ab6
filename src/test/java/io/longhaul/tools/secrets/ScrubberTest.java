package io.longhaul.tools.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is found in every form. */
final class ScrubberTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "p/A\"ss\\w 😀ö\n9";

    private static Scrubber scrubber(String... secrets) {
        return new Scrubber(List.of(secrets));
    }

    private static String escaped(String text, boolean upper) {
        return text.chars()
                .mapToObj(unit -> (upper ? "\\u%04X" : "\\u%04x").formatted(unit))
                .collect(Collectors.joining());
    }

    /** The private part of a key pair, without its line breaks. */
    private static String longSecret() {
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Stream<String> secrets() {
        return Stream.of(
                "secret/Key",
                SECRET,
                "a+b c&d=e",
                "12345678",
                "ключ",
                "\t\b\f\r\"\\/",
                "%25%2520%%",
                "a\\\\\"\\\"\\n\n\\u0061",
                longSecret());
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void everyFormOfASecretIsStruckOut(String secret) throws Exception {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String json = JSON.writeValueAsString(secret);
        String inJson = json.substring(1, json.length() - 1);
        String twice = JSON.writeValueAsString(json);
        for (String form : List.of(
                secret,
                inJson,
                inJson.replace("/", "\\/"),
                twice.substring(3, twice.length() - 3),
                escaped(secret, true),
                escaped(secret, false),
                escaped(secret, false).replace("\\u", "\\\\u"),
                secret.charAt(0) + escaped(secret.substring(1), true),
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                Base64.getEncoder().encodeToString((secret + "\n").getBytes(StandardCharsets.UTF_8)))) {
            assertThat(scrubber(secret).text("before " + form + " after"))
                    .as(form)
                    .isEqualTo("before *** after");
        }
    }

    @Test
    void namesAndNestedTextsOfJsonAreLookedInto() throws Exception {
        String inner = "{\"k\":\"" + escaped("hushhush", true) + "\"}";
        String json = "{\"a" + escaped("hushhush", false) + "\":[1,{\"b\":" + JSON.writeValueAsString(inner)
                + "}],\"c\":\"hush\\u0068ush\"}";
        assertThat(JSON.readTree(scrubber("hushhush").json(json)))
                .isEqualTo(JSON.readTree("{\"a***\":[1,{\"b\":\"{\\\"k\\\":\\\"***\\\"}\"}],\"c\":\"***\"}"));
    }

    @Test
    void aNumberThatIsTheSecretIsStruckOut() {
        assertThat(scrubber("12345678").json("{\"a\":12345678,\"b\":1}")).isEqualTo("{\"a\":\"***\",\"b\":1}");
    }

    @Test
    void eachLineOfASecretWithSeveralIsStruckOut() {
        assertThat(scrubber("first line\nsecond line\n}\n").text("x first line\ny second line }"))
                .isEqualTo("x ***\ny *** }");
    }

    @Test
    void theBeginningOfACutSecretIsStruckOut() {
        assertThat(scrubber("secretive").text("so secret...\nand sec...")).isEqualTo("so ***...\nand sec...");
        assertThat(scrubber("secretive").text("so secret, he said")).isEqualTo("so secret, he said");
    }

    @Test
    void secretsThatOverlapAreStruckOutTogether() {
        assertThat(scrubber("first-one", "one-more-two").text("x first-one-more-two y"))
                .isEqualTo("x *** y");
        assertThat(scrubber("first", "firstly").text("firstly, first.")).isEqualTo("***, ***.");
    }

    @Test
    void otherTextsStayAsTheyAre() {
        String text = "\\u0041 %41 \\/ c2VjcmV0 *** {}[] ä😀";
        assertThat(scrubber("secret-one", "secret-two").text(text)).isEqualTo(text);
        assertThat(scrubber("secret-one").json("{\"a\": 1.00}")).isEqualTo("{\"a\": 1.00}");
        assertThat(scrubber("secret").text(null)).isNull();
        assertThat(scrubber().text(text)).isEqualTo(text);
    }

    /** The text is cut at many places, and each line of the secret is a secret. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aLongTextIsCheckedInTimeForASecretOfManyLines() {
        String text = "{row of the output, without a secret ...} ".repeat(200_000);
        String lines = longSecret().replaceAll(".{64}", "$0\n");
        assertThat(scrubber(lines).text(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "%", "aaaaaaab", "\\u0061", "..."})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aTextMadeToBeSlowIsCheckedInTime(String part) {
        String text = part.repeat(500_000 / part.length());
        assertThat(scrubber("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "\\\\\\\\x").text(text))
                .isEqualTo(text);
    }
}
