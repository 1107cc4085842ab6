package io.longhaul.jobs.chains;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.longhaul.testing.Allocated;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JSON Pointer (RFC 6901) finds its part of a result, exact to the last digit. */
class ResultPartsTest {
    private static final String RESULT =
            "{\"\": 0, \"a\": [1.10, {\"b\": \"x\\u00e9\\\"]\", \"c\": [[], {}]}, 1000000000000000000000000000001], \"m~n\": true,"
                    + " \"p/q\": null, \"0\": -7.50, \"l\": \"last\"}";

    private static Map<JsonPointer, String> parts(String json, String... pointers) {
        Map<JsonPointer, String> parts = new HashMap<>();
        ResultParts.of(json, Arrays.stream(pointers).map(JsonPointer::compile).toList())
                .forEach((pointer, part) -> parts.put(pointer, part.of(json)));
        return parts;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "/;0",
                "/a/0;1.10",
                "/a/1/b;\"x\\u00e9\\\"]\"",
                "/a/1/c;[[], {}]",
                "/a/1/c/0;[]",
                "/a/1/c/1;{}",
                "/a/2;1000000000000000000000000000001",
                "/m~0n;true",
                "/p~1q;null",
                "/0;-7.50",
                "/l;\"last\"",
                "/a/3;",
                "/a/01;",
                "/a/-1;",
                "/a/-;",
                "/a/0/0;",
                "/x;",
                "/l/0;",
            })
    void aPointerLeadsToOnePartOrNowhere(String pointer, String part) {
        assertThat(parts(RESULT, pointer).get(JsonPointer.compile(pointer))).isEqualTo(part);
    }

    @Test
    void theEmptyPointerMeansAllOfIt() {
        for (String json : List.of(RESULT, "7", "\"text\"", "[1, 2]", "null")) {
            assertThat(parts(json, "")).containsExactly(Map.entry(JsonPointer.empty(), json));
        }
    }

    @Test
    void nestedPartsAreFoundInOnePass() {
        assertThat(parts(RESULT, "", "/a", "/a/1", "/a/1/c", "/a/1/c/1", "/l")).hasSize(6);
        assertThat(parts(RESULT, "/a/1", "/a/1/c")).containsValues("[[], {}]");
    }

    /** The texts of all parts together have 430 MB. */
    @Test
    void partsThatLieInOneAnotherAreNotCopied() throws Exception {
        String json = "{\"a\":".repeat(480) + "\"" + "x".repeat(900_000) + "\"" + "}".repeat(480);
        List<JsonPointer> pointers = IntStream.rangeClosed(1, 480)
                .mapToObj(depth -> JsonPointer.compile("/a".repeat(depth)))
                .toList();
        assertThat(Allocated.by(() -> assertThat(ResultParts.of(json, pointers)).hasSize(480)))
                .isLessThan(40 << 20);
    }

    /** Each name of each pointer had a table of its own: 100 MB. */
    @Test
    void longPointersTakeMemoryOnlyAsFarAsTheyLead() throws Exception {
        List<JsonPointer> pointers = IntStream.range(0, 500)
                .mapToObj(i -> JsonPointer.compile("/" + i + "/a".repeat(1_000)))
                .toList();
        assertThat(Allocated.by(() ->
                        assertThat(ResultParts.of("[{\"a\":1},{}]", pointers)).isEmpty()))
                .isLessThan(10 << 20);
    }
}
