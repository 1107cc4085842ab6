package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.ToolResult;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the server is asked for the state of its work, and how often. */
final class PollingTest {
    private final StandIn server = new StandIn();

    @AfterEach
    void stop() {
        server.close();
    }

    private static ToolResult call(String settings) throws Exception {
        return new RecordedCall("{}")
                .start(TestTools.one("[{type: http, name: tool, " + settings + "}]"))
                .await();
    }

    @Test
    void aStatusThatRetryOnLeavesOutIsNotAskedAgain() throws Exception {
        server.on("/start", (request, exchange) -> exchange.json(201, ""));
        server.on("/state", (request, exchange) -> exchange.json(503, ""));
        ToolResult.Failure failure = (ToolResult.Failure) call(
                "method: POST, retry_on: [500], url: '" + server.url() + "/start', poll: {url: /state, interval: 1ms}");
        assertThat(failure.retryable()).isFalse();
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void anAnswerWithoutJsonIsToldOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        server.on("/start", (request, exchange) -> exchange.json(201, ""));
        server.on("/state", (request, exchange) -> {
            if (asked.incrementAndGet() < 4) {
                exchange.text(200, "text/html", "<p>Log in, please</p>");
            } else {
                exchange.json(200, "{\"state\": \"ok\"}");
            }
        });
        RecordedCall call = new RecordedCall("{}");
        call.start(TestTools.one("[{type: http, name: tool, method: POST, url: '" + server.url()
                        + "/start', poll: {url: /state, interval: 1ms, done: {/state: ok}}}]"))
                .await();
        assertThat(call.lines())
                .singleElement()
                .asString()
                .contains("GET " + server.url() + "/state is asked again", "no JSON", "Log in, please");
    }

    @Test
    void aUrlOfNothingButAQueryIsAskedAtTheSamePathWithTheSecret() throws Exception {
        server.on(
                "/jobs/run",
                (request, exchange) -> exchange.header("Location", "?id=5#part")
                        .json(request.method().equals("POST") ? 202 : 200, ""));
        call("method: POST, auth: {query: key, value: {env: PATH}}, url: '" + server.url()
                + "/jobs/run', poll: {url: '{headers.location}', interval: 1ms}");
        assertThat(server.requests().get(1).uri())
                .isEqualTo("/jobs/run?id=5&key=" + UrlTemplate.encoded(System.getenv("PATH")));
    }
}
