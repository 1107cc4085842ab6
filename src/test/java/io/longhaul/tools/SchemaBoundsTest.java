package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.ParamsSchema;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas and params that ask for endless work are refused in time. */
final class SchemaBoundsTest {
    /** Bound for a busy machine; the product's own bound is a second of computing. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final ObjectNode JSON = RecordedCall.JSON.createObjectNode();

    static Stream<Arguments> endlessSchemas() {
        return Stream.of(
                Arguments.of("two references each, 18 levels", doubling(18), "at '': needs more than"),
                Arguments.of("two references each, 200 levels", doubling(200), "at '': needs more than"),
                Arguments.of(
                        "the same behind a property",
                        "{\"properties\": {\"x\": {\"$ref\": \"#/$defs/d40\"}}, \"$defs\": " + defs(40) + "}",
                        "at '/properties/x': needs more than"),
                Arguments.of(
                        "two references each, as conditions",
                        "{\"if\": {\"$ref\": \"#/$defs/d22\"}, \"$defs\": " + conditions(22) + "}",
                        "at '': needs more than"),
                Arguments.of("a reference to itself", "{\"$ref\": \"#\"}", "refers to itself without end"),
                Arguments.of(
                        "a circle of three",
                        "{\"$defs\": {\"a\": {\"allOf\": [{\"$ref\": \"#/$defs/b\"}]}, \"b\": {\"not\": {\"$ref\": \"#/$defs/c\"}}, \"c\": {\"$ref\": \"#/$defs/a\"}}}",
                        "at '/$defs/a': refers to itself without end"),
                Arguments.of(
                        "a dynamic reference to itself",
                        "{\"$dynamicAnchor\": \"n\", \"anyOf\": [{\"$dynamicRef\": \"#n\"}]}",
                        "refers to itself without end"),
                Arguments.of(
                        "a recursive reference to itself",
                        "{\"$schema\": \"https://json-schema.org/draft/2019-09/schema\", \"$recursiveAnchor\": true, \"anyOf\": [{\"$recursiveRef\": \"#\"}]}",
                        "refers to itself without end"),
                Arguments.of(
                        "deep nesting",
                        "{\"not\": ".repeat(300) + "{}" + "}".repeat(300),
                        "is nested deeper than 100 levels"),
                Arguments.of(
                        "very many values",
                        "{\"enum\": [" + numbers(60_000) + "]}",
                        "is beyond the 50000 values and 1048576 characters that a schema may have"),
                Arguments.of(
                        "very long texts",
                        "{\"pattern\": \"" + "a".repeat(2_000_000) + "\"}",
                        "is beyond the 50000 values and 1048576 characters"),
                Arguments.of(
                        "a deeply nested pattern",
                        "{\"pattern\": \"" + "(".repeat(100_000) + ")".repeat(100_000) + "\"}",
                        "Stack overflow during pattern compilation"),
                Arguments.of("a reference that leads away", "{\"$ref\": \"http://127.0.0.1:1/s.json\"}", "127.0.0.1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endlessSchemas")
    void aSchemaWithoutEndIsRefusedAtOnce(String what, String schema, String why) {
        assertThat(SOON)
                .isGreaterThan(time(() -> assertThatThrownBy(() -> ParamsSchema.compile(json(schema)))
                        .isInstanceOf(ToolConfigurationException.class)
                        .hasMessageContaining(why)
                        .message()
                        .hasSizeLessThan(1_000)));
    }

    static Stream<Arguments> costlyChecks() {
        String deep = "{\"n\": ".repeat(90) + "1" + "}".repeat(90);
        return Stream.of(
                Arguments.of(
                        "a pattern that goes back and forth",
                        "{\"pattern\": \"^(.*a){30}$\"}",
                        "\"" + "a".repeat(300) + "!\""),
                Arguments.of(
                        "a pattern of names",
                        "{\"patternProperties\": {\"^(.*a){30}$\": true}}",
                        "{\"" + "a".repeat(300) + "!\": 1}"),
                Arguments.of(
                        "a pattern for all names",
                        "{\"propertyNames\": {\"pattern\": \"(.*,){12}P\"}}",
                        "{\"" + ",".repeat(900) + "\": 1}"),
                Arguments.of(
                        "a pattern over a long text", "{\"pattern\": \"(x+x+)+y\"}", "\"" + "x".repeat(900_000) + "\""),
                Arguments.of(
                        "choices of choices of the same",
                        "{\"anyOf\": [{\"properties\": {\"n\": {\"$ref\": \"#\"}}, \"required\": [\"z\"]}, {\"properties\": {\"n\": {\"$ref\": \"#\"}}, \"required\": [\"y\"]}]}",
                        deep),
                Arguments.of(
                        "items that are held against very many",
                        "{\"items\": {\"allOf\": [" + list(3_000, i -> "{\"minimum\": -" + i + "}") + "]}}",
                        "[" + numbers(100_000) + "]"),
                Arguments.of(
                        "a wide contains",
                        "{\"contains\": {\"contains\": {\"contains\": {\"anyOf\": ["
                                + list(500, i -> "{\"const\": \"" + i + "\"}") + "]}}}}",
                        "[" + list(300, i -> "[[" + numbers(150) + "]]") + "]"),
                Arguments.of("items with one hash", "{\"uniqueItems\": true}", "[" + collisions(18) + "]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("costlyChecks")
    void aCheckThatTakesTooLongIsRefused(String what, String schema, String params) throws Exception {
        ParamsSchema compiled = ParamsSchema.compile(json(schema));
        JsonNode value = json(params);
        assertThat(SOON)
                .isGreaterThan(time(() -> assertThat(compiled.check(value))
                        .singleElement()
                        .extracting(ParamError::message)
                        .asString()
                        .containsAnyOf(
                                "takes longer than 1",
                                "does not fit the tool's schema in more than 20000 places, counted")));
    }

    static Stream<Arguments> largeAndRight() {
        return Stream.of(
                Arguments.of("{\"items\": {\"type\": \"integer\", \"minimum\": 0}}", "[" + numbers(150_000) + "]"),
                Arguments.of("{\"uniqueItems\": true}", "[" + numbers(150_000) + "]"),
                Arguments.of(
                        "{\"items\": {\"$ref\": \"#/$defs/i\"}, \"$defs\": {\"i\": {\"pattern\": \"^[a-z0-9]+$\"}}}",
                        "[" + list(60_000, i -> "\"name" + i + "\"") + "]"),
                Arguments.of("{\"enum\": [" + numbers(40_000) + "]}", "39999"));
    }

    @ParameterizedTest
    @MethodSource("largeAndRight")
    void largeParamsOfAnOrdinarySchemaPass(String schema, String params) throws Exception {
        assertThat(ParamsSchema.compile(json(schema)).check(json(params))).isEmpty();
    }

    @Test
    void oneSchemaCannotTakeThePlaceOfAnother() throws Exception {
        String dialect = "https://json-schema.org/draft/2020-12/schema";
        ParamsSchema.compile(json("{\"$id\": \"" + dialect + "\", \"type\": \"object\"}"));
        ParamsSchema.compile(json("{\"$id\": \"urn:mine\", \"type\": \"object\"}"));
        assertThatThrownBy(() -> ParamsSchema.compile(json("{\"$ref\": \"urn:mine\"}")))
                .isInstanceOf(ToolConfigurationException.class);
        assertThatThrownBy(() -> ParamsSchema.compile(json("{\"type\": \"strin\"}")))
                .isInstanceOf(ToolConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"maxItems\": 1099511627776}",
                "{\"properties\": {\"a\": {\"minItems\": 1180591620717411303424}}}",
                "{\"allOf\": [{\"maxLength\": 1e12}]}",
                "{\"maxProperties\": 2147483648}",
                "{\"contains\": {}, \"minContains\": 4294967296}",
            })
    void aLimitThatTheValidatorWouldCutIsRefused(String schema) throws Exception {
        JsonNode parsed = json(schema);
        assertThatThrownBy(() -> ParamsSchema.compile(parsed))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContaining("is beyond 2147483647: say less, or leave it out");
    }

    @Test
    void theLargestLimitIsKept() throws Exception {
        ParamsSchema schema = ParamsSchema.compile(json("{\"maxItems\": 2147483647, \"maxLength\": 2.0}"));
        assertThat(schema.check(json("[1]"))).isEmpty();
        assertThat(schema.check(json("\"abc\""))).hasSize(1);
    }

    @Test
    void aTextTooLongForARepeatedGroupIsRefusedWithThePattern() throws Exception {
        ParamsSchema schema = ParamsSchema.compile(json("{\"pattern\": \"^(a|b)*$\"}"));
        assertThat(schema.check(json("\"" + "ab".repeat(100) + "\""))).isEmpty();
        assertThat(schema.check(json("\"" + "ab".repeat(400_000) + "\"")))
                .extracting(ParamError::message)
                .containsExactly("holds a text of 800000 characters, too long for the pattern ^(a|b)*\\z of the tool's"
                        + " schema: shorten it, or write the pattern without a repeated group");
    }

    @Test
    void ofVeryManyErrorsTheFirstIsReported() throws Exception {
        assertThat(ParamsSchema.compile(json("{\"items\": {\"type\": \"string\"}}"))
                        .check(json("[" + numbers(100_000) + "]")))
                .containsExactly(new ParamError("/0", "integer found, string expected"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\": {\"enum\": [1.5]}}",
                "{\"items\": {\"const\": 1.5}}",
                "{\"items\": {\"type\": \"integer\"}}",
                "{\"items\": {\"multipleOf\": 1e-16000}}",
                "{\"items\": {\"minimum\": 1e131000}}",
                "{\"uniqueItems\": true}"
            })
    void theLongestNumbersAreCheckedSoon(String schema) throws Exception {
        String digits = "1" + "0".repeat(131_000) + "." + "0".repeat(16_000);
        ParamsSchema compiled = ParamsSchema.compile(json(schema));
        JsonNode value = json("[" + digits + "," + digits + "]");
        assertThat(SOON).isGreaterThan(time(() -> compiled.check(value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "7", "0.01", "1e-16000", "1e131000"})
    void multipleOfIsFastForTheHighestPowers(String divisor) throws Exception {
        ParamsSchema compiled = ParamsSchema.compile(json("{\"items\": {\"multipleOf\": " + divisor + "}}"));
        JsonNode value = json("[1e131071, -1e131071, 1e-16383]");
        assertThat(SOON)
                .isGreaterThan(time(() -> assertThat(compiled.check(value))
                        .extracting(ParamError::pointer)
                        .isEqualTo(divisor.equals("7") ? List.of("/0", "/1", "/2") : List.of("/2"))));
    }

    private static String conditions(int levels) {
        ObjectNode defs = JSON.objectNode();
        defs.putObject("d0");
        for (int i = 1; i <= levels; i++) {
            ObjectNode one = defs.putObject("d" + i);
            one.putObject("if").put("$ref", "#/$defs/d" + (i - 1));
            one.putObject("then").put("$ref", "#/$defs/d" + (i - 1));
        }
        return defs.toString();
    }

    private static String doubling(int levels) {
        return "{\"$ref\": \"#/$defs/d" + levels + "\", \"$defs\": " + defs(levels) + "}";
    }

    private static String defs(int levels) {
        ObjectNode defs = JSON.objectNode();
        defs.putObject("d0");
        for (int i = 1; i <= levels; i++) {
            ArrayNode both = defs.putObject("d" + i).putArray("allOf");
            both.addObject().put("$ref", "#/$defs/d" + (i - 1));
            both.addObject().put("$ref", "#/$defs/d" + (i - 1));
        }
        return defs.toString();
    }

    private static String numbers(int count) {
        return list(count, Integer::toString);
    }

    private static String list(int count, IntFunction<String> text) {
        return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining(","));
    }

    /** Two texts of two letters have the same hash, and so have all their concatenations. */
    private static String collisions(int letters) {
        return list(
                1 << letters - 2,
                i -> IntStream.range(0, letters - 2)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining("", "\"", "\"")));
    }

    private static Duration time(Runnable run) {
        long begin = System.nanoTime();
        run.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static JsonNode json(String text) throws Exception {
        return ParamsJson.parse(text);
    }
}
