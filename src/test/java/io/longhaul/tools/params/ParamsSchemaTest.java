package io.longhaul.tools.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.longhaul.testing.Allocated;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class ParamsSchemaTest {
    @Test
    void errorsPointIntoTheParams() throws Exception {
        String schema = """
                {"type": "object", "required": ["path"], "additionalProperties": false,
                 "properties": {"path": {"type": "string"},
                                "a/b": {"type": "array", "items": {"properties": {"~x": {"type": "integer"}}}}}}""";
        assertThat(check(schema, "{\"path\": \"x\"}")).isEmpty();
        assertThat(check(schema, "{}")).containsExactly(new ParamError("", "required property 'path' not found"));
        assertThat(check(schema, "{\"path\": 1, \"a/b\": [{}, {\"~x\": 1.5}]}"))
                .extracting(ParamError::pointer)
                .containsExactlyInAnyOrder("/path", "/a~1b/1/~0x");
        assertThat(check(schema, "{\"path\": \"x\", \"more\": 1}")).hasSize(1);
    }

    @Test
    void aMistypedParamIsAnsweredWithWhatWasMeant() throws Exception {
        String strict = """
                {"type": "object", "additionalProperties": false,
                 "properties": {"path": {}, "inner": {"additionalProperties": false, "properties": {"threads": {}}}}}""";
        assertThat(check(strict, "{\"pth\": 1}").get(0).message()).endsWith("did you mean 'path'?)");
        assertThat(check(strict, "{\"inner\": {\"thread_s\": 1}}").get(0).message())
                .endsWith("did you mean 'threads'?)");
        assertThat(check(strict, "{\"colour\": 1}").get(0).message()).doesNotContain("did you mean");
        String open = "{\"required\": [\"path\"], \"properties\": {\"path\": {}, \"paths\": {}}}";
        assertThat(check(open, "{\"pth\": 1}").get(0).message()).endsWith("did you mean it by 'pth'?)");
        assertThat(check(open, "{\"paths\": 1}").get(0).message()).doesNotContain("did you mean");
    }

    @Test
    void placesThatAreNotKnownYetAreLeftOut() throws Exception {
        ParamsSchema schema = ParamsSchema.compile(json("""
                {"required": ["path"], "properties": {"a": {"items": {"type": "integer"}, "maxItems": 2},
                                                      "b": {"enum": [[1]]}}}"""));
        JsonNode params = json("{\"a\": [\"x\", {}, \"y\"], \"b\": [{}]}");
        JsonNode unknown = json("{\"a\": {\"1\": true}, \"b\": {\"0\": true}}");
        assertThat(schema.check(params, unknown, 0))
                .extracting(ParamError::pointer)
                .containsExactlyInAnyOrder("", "/a", "/a/0", "/a/2");
        assertThat(schema.check(params, json("{\"a\": true, \"b\": true}"), 0))
                .extracting(ParamError::pointer)
                .containsExactly("");
        assertThat(schema.check(params, json("true"), 0)).isEmpty();
    }

    /** With a pointer of 200 KB for each error, or for each place that is not known, it would be gigabytes. */
    @Test
    void aLongNameAroundManyErrorsIsNamedOnce() throws Exception {
        ParamsSchema schema =
                ParamsSchema.compile(json("{\"additionalProperties\": {\"items\": {\"type\": \"integer\"}}}"));
        String name = "n".repeat(200_000);
        JsonNode params = ParamsJson.parse("{\"" + name + "\": [" + "\"x\",".repeat(5_000) + "{}]}");
        JsonNode unknown = ParamsJson.parse("{\"" + name + "\": {\"5000\": true}}");
        assertThat(schema.check(params)).hasSize(1);
        assertThat(Allocated.by(
                        () -> assertThat(schema.check(params, unknown, 0)).hasSize(1)))
                .isLessThan(100 << 20);
    }

    @Test
    void messagesAreEnglishWhateverTheLocale() throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(check("{\"type\": \"string\"}", "1"))
                    .containsExactly(new ParamError("", "integer found, string expected"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void documentedKeywordsForOthersAreNoCauseForWarnings() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger("com.networknt.schema");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            for (String dialect : List.of("2020-12/schema", "2019-09/schema")) {
                String schema =
                        "{\"$schema\": \"https://json-schema.org/draft/" + dialect + "\", \"properties\": {\"region\":"
                                + " {\"type\": \"string\", \"x-mcp-header\": \"Region\", \"enumNames\": [\"East\"]}}}";
                assertThat(check(schema, "{\"region\": 5}")).hasSize(1);
            }
            assertThat(lines.list).isEmpty();
            check("{\"x-typo\": 1}", "{}");
            assertThat(lines.list).as("other keywords").isNotEmpty();
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void theEmptySchemaAcceptsAnything() throws Exception {
        for (String params : List.of("{}", "[1]", "null", "\"x\"", "1e10")) {
            assertThat(check("{}", params)).isEmpty();
            assertThat(check("true", params)).isEmpty();
        }
    }

    @Test
    void bigNumbersAreComparedWithEveryDigit() throws Exception {
        BigInteger limit = BigInteger.TWO.pow(200);
        String schema = "{\"type\": \"integer\", \"maximum\": " + limit + "}";
        assertThat(check(schema, limit.toString())).isEmpty();
        assertThat(check(schema, limit.add(BigInteger.ONE).toString())).hasSize(1);
        assertThat(check("{\"multipleOf\": 0.01}", "0.07")).isEmpty();
        assertThat(check("{\"const\": 0.10}", "0.1")).isEmpty();
    }

    @Test
    void aSchemaMayReferToItself() throws Exception {
        String schema =
                "{\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"properties\": {\"n\": {\"$ref\": \"#/$defs/n\"}, \"v\": {\"type\": \"integer\"}}}}}";
        assertThat(check(schema, "{\"n\": {\"n\": {\"v\": \"x\"}}}"))
                .extracting(ParamError::pointer)
                .containsExactly("/n/n/v");
    }

    @Test
    void deepNestingIsAnErrorAndNoCrash() throws Exception {
        String schema = "{\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"items\": {\"$ref\": \"#/$defs/n\"}}}}";
        String params = "[".repeat(900) + "]".repeat(900);
        assertThat(check("{}", params)).isEmpty();
        // The stack decides whether this is too deep; either way the check must return.
        assertThat(check(schema, params)).hasSizeLessThanOrEqualTo(1);
        assertThat(checkOnSmallStack(schema, params))
                .extracting(ParamError::message)
                .containsExactly("is nested too deep to be checked: flatten it");
    }

    @Test
    void unstorableParamsAreAnError() throws Exception {
        assertThat(check("{}", "{\"a\": [0, \"x\\u0000\"]}"))
                .extracting(ParamError::pointer)
                .containsExactly("/a/1");
        assertThat(check("{}", "{\"a\": \"\\ud800\"}")).hasSize(1);
        assertThat(check("{}", "{\"a\": {\"\\u0000\": 1}}"))
                .extracting(ParamError::pointer)
                .containsExactly("/a");
        assertThat(check("{\"properties\": {\"a\": {\"multipleOf\": 0.01}}}", "{\"a\": 1e999999999}"))
                .containsExactly(new ParamError("/a", "has more digits than can be stored: send it as a string"));
    }

    @Test
    void theNumberAndSizeOfErrorsIsLimited() throws Exception {
        String many = "[" + "\"x\",".repeat(5000) + "\"x\"]";
        assertThat(check("{\"items\": {\"type\": \"integer\"}}", many)).hasSize(100);
        String property = "{\"" + "x".repeat(40_000) + "\": 1}";
        assertThat(check("{\"additionalProperties\": false}", property))
                .singleElement()
                .satisfies(error -> assertThat(error.message()).hasSizeLessThan(600));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"strin\"}",
                "{\"required\": \"path\"}",
                "{\"properties\": []}",
                "{\"$ref\": \"#/$defs/missing\"}",
                "{\"$ref\": \"classpath:banner.txt\"}",
                "{\"$ref\": \"file:///etc/hostname\"}",
                "{\"pattern\": \"[\"}",
                "{\"$schema\": \"https://example.org/mine\"}",
                "{\"properties\": {\"a\": {\"$schema\": \"https://example.org/mine\"}}}",
                "{\"$defs\": {\"a\": {\"$id\": \"https://example.org/a\", \"$schema\": \"https://example.org/mine\"}}}",
                "7",
                "[]",
            })
    void anInvalidSchemaIsAConfigurationError(String schema) {
        assertThatThrownBy(() -> ParamsSchema.compile(json(schema)))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageStartingWith("params is no valid JSON Schema (2020-12): ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://json-schema.org/draft/2020-12/schema",
                "https://json-schema.org/draft/2019-09/schema",
                "http://json-schema.org/draft-07/schema#",
                "http://json-schema.org/draft-07/schema",
            })
    void dialectsThatOtherProgramsWriteAreUnderstood(String dialect) throws Exception {
        assertThat(check("{\"$schema\": \"" + dialect + "\", \"type\": \"string\"}", "1"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 1.3, true",
        "0.1, 1.35, false",
        "3, -9, true",
        "2.50, 5, true",
        "1e3, 2000, true",
        "1e3, 2001, false",
        "7, 0, true"
    })
    void multiplesAreThoseOfDecimalNumbers(String divisor, String number, boolean is) throws Exception {
        List<ParamError> errors = check("{\"multipleOf\": " + divisor + "}", number);
        assertThat(errors.isEmpty()).isEqualTo(is);
        assertThat(errors).allSatisfy(error -> assertThat(error.message()).startsWith("must be multiple of "));
    }

    @Test
    void nothingIsFetched() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/schema.json";
            assertThatThrownBy(() -> check("{\"$ref\": \"" + url + "\"}", "{}"))
                    .isInstanceOf(ToolConfigurationException.class);
            assertThatThrownBy(() -> check("{\"$schema\": \"" + url + "\"}", "{}"))
                    .isInstanceOf(ToolConfigurationException.class);
        } finally {
            server.stop(0);
        }
        assertThat(requests).hasValue(0);
    }

    private static List<ParamError> checkOnSmallStack(String schema, String params) throws Exception {
        ParamsSchema compiled = ParamsSchema.compile(json(schema));
        JsonNode tree = json(params);
        Found errors = new Found();
        Thread thread = new Thread(null, () -> errors.errors = compiled.check(tree), "small", 160 * 1024);
        thread.start();
        thread.join();
        return errors.errors;
    }

    private static final class Found {
        private volatile List<ParamError> errors;
    }

    private static List<ParamError> check(String schema, String params) throws Exception {
        return ParamsSchema.compile(json(schema)).check(json(params));
    }

    private static JsonNode json(String text) throws Exception {
        return RecordedCall.JSON.readTree(text);
    }
}
