package io.longhaul.tools.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.params.Storable.NotStorableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StorableTest {
    @Test
    void cleanTextStaysTheSameObject() {
        String text = "äß漢😀\u0001\n";
        assertThat(Storable.text(text)).isSameAs(text);
    }

    @Test
    void nulAndLoneSurrogatesAreReplaced() {
        assertThat(Storable.text("\0a\ud800b\udc00\ud83d")).isEqualTo("\uFFFDa\uFFFDb\uFFFD\uFFFD");
    }

    @Test
    void aTextThatIsTooLongIsCutBetweenCharactersAndSaysSo() {
        assertThat(Storable.text("ab😀", 4)).isEqualTo("ab😀");
        assertThat(Storable.text("ab😀c", 4)).isEqualTo("ab😀…");
        assertThat(Storable.text("ab😀c", 3)).isEqualTo("ab…");
    }

    @Test
    void cleanJsonStaysTheSameObject() throws Exception {
        String json = " {\"n\": 1.500e+10, \"s\": \"\\u00e4\\ud83d\\ude00\"} ";
        assertThat(Storable.json(json)).isSameAs(json);
    }

    @Test
    void onlyUnstorableCharactersChange() throws Exception {
        assertThat(Storable.json("{\"a\\u0000\": [\"\\udc00\", 1.500E+10, 12345678901234567890123, null, true]}"))
                .isEqualTo("{\"a\uFFFD\":[\"\uFFFD\",1.500E+10,12345678901234567890123,null,true]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1", "1 2", "{} []", "nonsense", "NaN", "'a'", "[1,]", "\"\u0000\""})
    void textThatIsNotOneJsonValueIsRefused(String text) {
        assertThatThrownBy(() -> Storable.json(text))
                .isInstanceOf(NotStorableException.class)
                .hasMessageContaining("JSON value");
        assertThat(Storable.isJson(text)).isFalse();
    }

    @Test
    void numbersUpToWhatTheDatabaseTakesPass() throws Exception {
        for (String number : new String[] {"1e131071", "1e-16383", "9".repeat(131_072), "0." + "3".repeat(16_383)}) {
            assertThat(Storable.json(number)).isSameAs(number);
        }
        for (String number : new String[] {"1e131072", "1e-16384", "1e99999999999", "-1E400000"}) {
            assertThatThrownBy(() -> Storable.json(number)).hasMessageContaining("more digits than can be stored");
        }
    }

    @Test
    void numbersThatWouldBeTooLongWhenWrittenOutAreRefused() throws Exception {
        String many = "[" + "1e131000,".repeat(1_000) + "0]";
        assertThatThrownBy(() -> Storable.json(many)).hasMessageContaining("too long in all");

        String usual = "[" + "0.000012345,1.5e-7,".repeat(100_000) + "0]";
        assertThat(Storable.json(usual)).isSameAs(usual);
    }

    @Test
    void numbersCountAsTheyAreWrittenOut() throws Exception {
        String thousand = "[1e499,1e-499]";
        assertThat(Storable.json(thousand, 1_100)).isSameAs(thousand);
        assertThatThrownBy(() -> Storable.json(thousand, 1_000)).isInstanceOf(Storable.TooLongException.class);
    }

    @Test
    void unstorableJsonStillCountsAsJson() {
        for (String json : new String[] {"9".repeat(200_000), "1e999999999", "[".repeat(5_000) + "]".repeat(5_000)}) {
            assertThat(Storable.isJson(json)).isTrue();
            assertThat(Storable.isReadableJson(json)).isEqualTo(json.startsWith("1e"));
            assertThatThrownBy(() -> Storable.json(json)).isInstanceOf(NotStorableException.class);
        }
    }

    @Test
    void bottomlessNestingIsRefused() {
        assertThatThrownBy(() -> Storable.json("[".repeat(100_000)))
                .hasMessageContaining("nested")
                .hasMessageNotContaining("StreamReadConstraints");
    }
}
