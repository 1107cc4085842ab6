package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.ProtocolLine.Failed;
import io.longhaul.tools.ProtocolLine.Log;
import io.longhaul.tools.ProtocolLine.Progress;
import io.longhaul.tools.ProtocolLine.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProtocolLineTest {
    @Test
    void linesOfTheProtocolAreUnderstood() {
        assertThat(ProtocolLine.parse("{\"progress\": 0.4}")).contains(new Progress(0.4, null));
        assertThat(ProtocolLine.parse("{\"message\":\"m\",\"progress\":1}")).contains(new Progress(1, "m"));
        assertThat(ProtocolLine.parse("{\"progress\":null,\"message\":\"m\"}")).contains(new Progress(Double.NaN, "m"));
        assertThat(ProtocolLine.parse("{ \"log\" : \"a\\nb\" }\r")).contains(new Log("a\nb"));
        assertThat(ProtocolLine.parse("{\"error\":\"bad\"}")).contains(new Failed("bad", null));
        assertThat(ProtocolLine.parse("{\"error\":{\"message\":\"bad\",\"retryable\":false}}"))
                .contains(new Failed("bad", false));
    }

    @Test
    void anErrorIsNotLostAlthoughItsObjectIsWrong() {
        for (String error : new String[] {"{}", "{\"code\":7}", "{\"message\":5}", "{\"message\":null}"}) {
            assertThat(ProtocolLine.parse("{\"error\": " + error + "}"))
                    .contains(new Failed("The tool reported an error whose message is no text: " + error, null));
        }
        assertThat(ProtocolLine.parse("{\"error\":{\"message\":\"bad\",\"retryable\":\"no\"}}"))
                .contains(new Failed("bad (its retryable is \"no\", neither true nor false)", null));
        assertThat(ProtocolLine.parse("{\"error\":{\"message\":\"bad\",\"retryable\":null}}"))
                .contains(new Failed("bad", null));
    }

    @Test
    void theResultKeepsItsText() {
        assertThat(ProtocolLine.parse("{\"result\": 1.50000000000000000000000001E+3 }"))
                .contains(new Result("1.50000000000000000000000001E+3"));
        assertThat(ProtocolLine.parse("{\"result\":{\"result\":[1, 2.0]}}"))
                .contains(new Result("{\"result\":[1, 2.0]}"));
        assertThat(ProtocolLine.parse("{\"result\":\"ä😀\\n\"}")).contains(new Result("\"ä😀\\n\""));
        assertThat(ProtocolLine.parse("{\"result\":null}")).contains(new Result("null"));
        String digits = "7".repeat(200_000);
        assertThat(ProtocolLine.parse("{\"result\": " + digits + "}")).contains(new Result(digits));
        assertThat(ProtocolLine.parse("{\"result\": 1e999999999}")).contains(new Result("1e999999999"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{",
                "{\"result\": 1",
                "{\"result\": 1, \"more\": 2}",
                "{\"result\": 1} {\"result\": 2}",
                "{\"result\": nonsense}",
                "{\"progress\": \"half\"}",
                "{\"progress\": 0.4, \"log\": \"x\"}",
                "{\"progress\": 0.4, \"message\": 7}",
                "{\"message\": \"alone\"}",
                "{\"log\": 7}",
                "{\"log\": \"x\"} and more",
                "{\"error\": null}",
                "{\"error\": false}",
                "{\"error\": []}",
                "{\"error\": \"x\", \"data\": []}",
                "{\"other\": 1}",
            })
    void anythingElseIsOrdinaryOutput(String line) {
        assertThat(ProtocolLine.parse(line)).isEmpty();
    }
}
