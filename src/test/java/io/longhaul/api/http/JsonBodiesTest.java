package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.testing.Allocated;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodiesTest {
    private static final int MIB = 1 << 20;

    private static ObjectNode read(String body) {
        return new JsonBodies(MIB).read(stream(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': 'x\\u0000'}                          | /a",
                "{'a~/b': [1, {'c': '\\ud800'}]}            | /a~0~1b/1/c",
                "{'a': [{}, {'n\\u0000': 1}]}               | /a/1",
                "{'params': '\\u0000', 'x': '\\u0000'}      | /x",
                "{'jobs': [{'params': '\\u0000'}]}          | /jobs/0/params",
                "{'a': {'params': '\\u0000'}}               | /a/params",
                "{'a': [{'params': '\\u0000'}]}             | /a/0/params"
            })
    void textThatCannotBeStoredIsRefusedWithItsPlaceExceptInParams(String body, String pointer) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> read(body.replace('\'', '"')))
                .satisfies(
                        e -> assertThat(e.refusal().errors().get(0).pointer()).isEqualTo(pointer));
    }

    @Test
    void paramsAreCheckedElsewhere() {
        assertThat(read("{\"params\": {\"\\u0000\": \"\\u0000\"}}")).hasSize(1);
    }

    /** The name would be copied for each element: 4 GB. */
    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{'a': [%s]}", "[[%s]]"})
    void aLongNameIsNotCopiedForEachElementBelowIt(String shape) throws Exception {
        String body = "{\"tool\": \"echo\", \"" + "n".repeat(200_000) + "\": "
                + shape.replace('\'', '"').formatted("\"\",".repeat(20_000) + "\"\"") + "}";
        assertThat(Allocated.by(() -> read(body))).isLessThan(40 * MIB);
    }

    @Test
    void aBodyOfVeryManyValuesIsRefusedUnlessItIsUsedUpAtOnce() {
        String many = "{\"a\": [" + "[],".repeat(100_000) + "[]]}";
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> read(many))
                .satisfies(e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                .withMessageContaining("more than 100000 names and values");
        assertThat(new JsonBodies(MIB)
                        .<Integer>read(stream(many), body -> body.path("a").size()))
                .isEqualTo(100_001);
        assertThat(new JsonBodies(MIB).<Integer>readIfAny(stream(""), ObjectNode::size))
                .isZero();
        assertThat(read("{\"lines\": [\"" + "[{,:".repeat(100_000) + "\"]}")).hasSize(1);
    }

    private static InputStream stream(String body) {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    }
}
