package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.testing.Allocated;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodiesTest {
    private static final int MIB = 1 << 20;

    private static ObjectNode read(String body) {
        return new JsonBodies(MIB).read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': 'x\\u0000'}                          | /a",
                "{'a~/b': [1, {'c': '\\ud800'}]}            | /a~0~1b/1/c",
                "{'a': [{}, {'n\\u0000': 1}]}               | /a/1",
                "{'params': '\\u0000', 'x': '\\u0000'}      | /x",
                "{'jobs': [{'params': '\\u0000'}, '\\u0000']} | /jobs/1",
                "{'jobs': {'params': '\\u0000'}}            | /jobs/params",
                "{'a': {'params': '\\u0000'}}               | /a/params",
                "{'a': [{'params': '\\u0000'}]}             | /a/0/params"
            })
    void textThatCannotBeStoredIsRefusedWithItsPlaceExceptInParams(String body, String pointer) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> read(body.replace('\'', '"')))
                .satisfies(e -> assertThat(e.refusal().errors().get(0).pointer())
                        .isEqualTo(pointer));
    }

    @Test
    void paramsAreCheckedElsewhere() {
        assertThat(read("{\"params\": \"\\u0000\", \"jobs\": [{\"params\": {\"\\u0000\": 1}}]}"))
                .hasSize(2);
    }

    /** The name would be copied for each element: 4 GB. */
    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{'a': [%s]}", "[[%s]]"})
    void aLongNameIsNotCopiedForEachElementBelowIt(String shape) throws Exception {
        String body = "{\"tool\": \"echo\", \"" + "n".repeat(200_000) + "\": "
                + shape.replace('\'', '"').formatted("\"\",".repeat(20_000) + "\"\"") + "}";
        assertThat(Allocated.by(() -> read(body))).isLessThan(40 * MIB);
    }
}
