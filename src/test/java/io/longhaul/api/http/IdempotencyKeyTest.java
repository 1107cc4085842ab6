package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private final Fields fields = new Fields(JsonNodeFactory.instance.objectNode());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "abc              | abc",
                "\"abc\"          | abc",
                "\"a b\"          | a b",
                "\"a\\\"b\\\\c\"  | a\"b\\c",
                "\"abc\";x=1      | abc",
                "a-b_c/d=e;f      | a-b_c/d=e;f",
                "a\"b             | a\"b"
            })
    void aHeaderIsReadQuotedOrBare(String header, String key) {
        assertThat(IdempotencyKey.of(null, List.of(header), fields)).isEqualTo(key);
        fields.check(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "\"open", "\"a\"b", "caf\u00e9", "a\tb", "\"\\x\""})
    void anythingElseIsRefused(String header) {
        IdempotencyKey.of(null, List.of(header), fields);

        assertThatThrownBy(() -> fields.check(null)).isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\\\"", "a b", "\";"})
    void aHeaderOfAnyLengthIsRefusedOnceItIsTooLong(String part) {
        IdempotencyKey.of(null, List.of('"' + part.repeat(10_000) + '"'), fields);

        assertThatThrownBy(() -> fields.check(null)).isInstanceOf(RefusedException.class);
    }

    @Test
    void twoHeadersAreRefused() {
        IdempotencyKey.of(null, List.of("a", "b"), fields);

        assertThatThrownBy(() -> fields.check(null)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aKeyMayBeAsLongAsItsColumn() {
        String longest = "\ud83e\uddec".repeat(IdempotencyKey.LONGEST);
        assertThat(IdempotencyKey.of(longest, List.of(), fields)).isEqualTo(longest);
        fields.check(null);

        IdempotencyKey.of(longest + "x", List.of(), fields);
        assertThatThrownBy(() -> fields.check(null)).isInstanceOf(RefusedException.class);
    }

    @Test
    void withoutFieldAndHeaderThereIsNoKey() {
        assertThat(IdempotencyKey.of(null, List.of(), fields)).isNull();
        fields.check(null);
    }
}
