package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.testing.Await;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that answer calls against the protocol, by mistake or on purpose. */
final class WrongServerTest {
    private static final String CALL = "tools/call";
    private static final ToolResult FINE = new ToolResult.Success("\"fine\"");
    private static final String FINE_RESULT = "{'content': [{'type': 'text', 'text': 'fine'}]}";

    private static ToolResult call(WrongServer wrong) throws Exception {
        try (LiveServer live = new LiveServer(wrong.settings()).awaitTools()) {
            return new RecordedCall("{}").start(live.tool("s.t")).await();
        }
    }

    /** The failure of one call, which must not be repeated. */
    private static String failure(WrongServer wrong) throws Exception {
        ToolResult.Failure failure = (ToolResult.Failure) call(wrong);
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.retryable()).isFalse();
        assertThat(wrong.times(CALL)).as("calls").isEqualTo(1);
        return failure.message();
    }

    @Test
    void inputThatIsRequiredWithoutSayingWhichFailsTheJobAtOnce() throws Exception {
        try (WrongServer wrong = new WrongServer().result(CALL, "{'resultType': 'input_required'}")) {
            assertThat(failure(wrong)).contains("says neither which (inputRequests)");
        }
    }

    @Test
    void aCallThatIsPutOffIsMadeAgainAfterPauses() throws Exception {
        try (WrongServer wrong = new WrongServer().on(CALL, (exchange, message, times) -> {
            assertThat(message.at("/params/requestState").asText("none"))
                    .isEqualTo(times == 1 ? "none" : "s" + (times - 1));
            exchange.json(
                    200,
                    WrongServer.wrapped(
                            message,
                            times == 3
                                    ? FINE_RESULT
                                    : "{'resultType': 'input_required', 'requestState': 's" + times + "'}"));
        })) {
            long begun = System.nanoTime();
            assertThat(call(wrong)).isEqualTo(FINE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(1_500));
            assertThat(wrong.times(CALL)).isEqualTo(3);
        }
    }

    @Test
    void aCallThatIsAlwaysPutOffFailsAfterFortyPausesThatGrow() throws Exception {
        List<Duration> pauses = new ArrayList<>();
        InputRequired required = new InputRequired(new ServerQuestions(new RecordedCall("{}")), pauses::add);
        ObjectNode later = Rpc.object().put("resultType", "input_required").put("requestState", "again");
        for (int i = 0; i < 40; i++) {
            required.prepare(Rpc.object(), later);
        }
        assertThat(pauses)
                .hasSize(40)
                .startsWith(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2))
                .endsWith(Duration.ofSeconds(30));
        assertThatThrownBy(() -> required.prepare(Rpc.object(), later))
                .hasMessageContaining("put the call off 40 times");
    }

    @Test
    void anAnswerWithAForeignIdFailsTheJob() throws Exception {
        try (WrongServer wrong =
                new WrongServer().on(CALL, (exchange, message, times) -> exchange.json(200, foreign(message)))) {
            assertThat(failure(wrong)).matches(".*it has the id 99999 instead of \"lh-\\d+\".*unknown.*");
        }
    }

    @Test
    void anAnswerWithAForeignIdOnAStreamIsPassedOver() throws Exception {
        try (WrongServer wrong = new WrongServer()
                .on(
                        CALL,
                        (exchange, message, times) -> exchange.text(
                                200,
                                "text/event-stream",
                                "data: " + foreign(message) + "\n\ndata: "
                                        + foreign(message).replace("99999", "\"x\"") + "\n\ndata: "
                                        + WrongServer.wrapped(message, FINE_RESULT) + "\n\n"))) {
            assertThat(call(wrong)).isEqualTo(FINE);
        }
    }

    private static String foreign(JsonNode message) {
        return WrongServer.wrapped(message, FINE_RESULT.replace("fine", "wrong"))
                .replace(message.path("id").toString(), "99999");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|",
                "404|{'jsonrpc': '2.0', 'id': null, 'error': {'code': -32001, 'message': 'unknown'}}",
                "400|{'jsonrpc': '2.0', 'id': null, 'error': {'code': -32000, 'message': 'No valid session ID'}}",
                "200|{'jsonrpc': '2.0', 'id': null, 'error': {'code': -32600, 'message': 'This session has ended'}}"
            })
    void aCallInAForgottenSessionIsMadeInANewOne(int status, String body) throws Exception {
        try (WrongServer wrong = WrongServer.legacy().on(CALL, (exchange, message, times) -> {
            if (times == 1) {
                exchange.json(status, body == null ? "" : body.replace('\'', '"'));
            } else {
                exchange.json(200, WrongServer.wrapped(message, FINE_RESULT));
            }
        })) {
            assertThat(call(wrong)).isEqualTo(FINE);
            assertThat(wrong.times("initialize")).isEqualTo(2);
        }
    }

    @Test
    void theEndOfASessionCarriesTheHeadersOfTheEntry() throws Exception {
        try (WrongServer wrong = WrongServer.legacy()) {
            new LiveServer(wrong.settings() + ", headers: {X-Tenant: us}")
                    .awaitTools()
                    .close();
            Await.until(
                    "the session is ended",
                    Duration.ofSeconds(20),
                    () -> wrong.http().requests().stream()
                            .anyMatch(request -> request.method().equals("DELETE")));
            assertThat(wrong.http().requests()).allMatch(request -> "us".equals(request.header("X-tenant")));
        }
    }

    @Test
    void aServerThatForgetsEverySessionFailsTheJob() throws Exception {
        try (WrongServer wrong = WrongServer.legacy().on(CALL, (exchange, message, times) -> exchange.json(404, ""))) {
            ToolResult.Failure failure = (ToolResult.Failure) call(wrong);
            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure.message()).isEqualTo("MCP server s: it no longer knows our session.");
            assertThat(wrong.times(CALL)).isEqualTo(4);
        }
    }

    @Test
    void aTaskIsPolledOnInTheNextSession() throws Exception {
        try (WrongServer wrong = polled((exchange, message, times) -> {
            if (times == 1) {
                exchange.json(404, "");
            } else {
                exchange.json(200, WrongServer.wrapped(message, "{'taskId': 'x', 'status': 'completed'}"));
            }
        })) {
            wrong.result("tasks/result", FINE_RESULT);
            assertThat(call(wrong)).isEqualTo(FINE);
            assertThat(wrong.times(CALL)).isEqualTo(1);
        }
    }

    @Test
    void aTaskThatEndsWithItsSessionIsNotDoneTwice() throws Exception {
        try (WrongServer wrong = polled((exchange, message, times) -> {
            if (times == 1) {
                exchange.json(404, "");
            } else {
                exchange.json(
                        200,
                        "{\"jsonrpc\": \"2.0\", \"id\": " + message.path("id")
                                + ", \"error\": {\"code\": -32602, \"message\": \"no such task\"}}");
            }
        })) {
            ToolResult.Failure failure = (ToolResult.Failure) call(wrong);
            assertThat(failure.message())
                    .contains("no longer knows our session")
                    .contains("is unknown");
            assertThat(failure.retryable()).isFalse();
        }
    }

    private static WrongServer polled(WrongServer.Script script) {
        return WrongServer.legacy()
                .result(
                        "tools/list",
                        "{'tools': [{'name': 't', 'inputSchema': {}, 'execution': {'taskSupport': 'required'}}]}")
                .result(CALL, "{'task': {'taskId': 'x', 'status': 'working', 'pollInterval': 1}}")
                .on("tasks/get", script);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'resultType': 'task', 'status': 'working'}|without a taskId",
                "{'resultType': 'task', 'taskId': 5, 'status': 'working'}|without a taskId",
                "{'resultType': 'task', 'taskId': 'x', 'status': 'banana'}|status of its task is \"banana\"",
                "{'resultType': 'task', 'taskId': 'x'}|status of its task is missing",
                "{'resultType': 'task', 'taskId': 'x', 'status': 'completed'}|completed, but has no result",
                "{'resultType': 'input_required', 'requestState': 5}|requestState of its input_required is no text",
                "{'resultType': 'input_required', 'inputRequests': []}|no object with requests",
                "{'resultType': 'input_required', 'inputRequests': {'b': 5}}|(\"b\") has no method",
                "{'resultType': 'input_required', 'inputRequests': {'a': {'method': 'evil/method'}}}|is \"evil/method\"",
                "{'resultType': 'input_required', 'inputRequests': {'a': {'method': 'elicitation/create'}}}|no message",
                "{'resultType': 'input_required', 'inputRequests': {'a': {'method': 'elicitation/create', 'params':"
                        + " {'message': 'Hm', 'requestedSchema': 'x'}}}}|requestedSchema that is no object",
                "{'resultType': 'task', 'taskId': 'x', 'status': 'input_required', 'inputRequests': 3}|no object with",
                "{'content': 'text'}|content is no list",
                "{'content': [5]}|content has a block that is no object",
                "{'content': [{'type': 'text', 'text': 5}]}|text block without a text",
                "{'isError': 'yes', 'content': []}|isError is neither true nor false",
                "{'resultType': 5, 'content': []}|resultType of its answer is no text",
                "[1]|neither a result nor an error",
            })
    void aMalformedResultFailsTheJobAtOnceAndSaysWhatIsWrong(String result, String what) throws Exception {
        try (WrongServer wrong = new WrongServer().result(CALL, result)) {
            assertThat(failure(wrong))
                    .startsWith("MCP server s answered wrongly: ")
                    .contains(what);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "'soon'", "1e300"})
    void aTaskIsNotPolledWithoutPauses(String interval) throws Exception {
        JsonNode task = RecordedCall.JSON.readTree("{\"pollIntervalMs\": " + interval.replace('\'', '"') + "}");
        assertThat(TaskState.pause(task, true)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
        assertThat(TaskState.pause(Rpc.object().put("pollIntervalMs", 1), true)).isEqualTo(Duration.ofMillis(200));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html|<html>hi|content of type text/html (HTTP status 200), which is no MCP answer",
                "application/json|not json|its answer is no JSON; whether the work was done is unknown",
                "application/json|[5]|is JSON, but no message",
                "text/event-stream|data: nonsense|an event of its answer is no JSON object",
            })
    void whatIsNoAnswerOfTheProtocolIsNamed(String type, String body, String what) throws Exception {
        try (WrongServer wrong =
                new WrongServer().on(CALL, (exchange, message, times) -> exchange.text(200, type, body + "\n\n"))) {
            assertThat(failure(wrong)).contains(what).doesNotContain("lost");
        }
    }

    @Test
    void anAnswerNestedTooDeepIsNamed() throws Exception {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        try (WrongServer wrong = new WrongServer().result(CALL, "{'content': [], 'structuredContent': " + deep + "}")) {
            assertThat(failure(wrong)).contains("is nested too deep");
        }
    }

    @Test
    void aRedirectIsNamedWithoutItsSecrets() throws Exception {
        try (WrongServer wrong = new WrongServer()
                .on(
                        CALL,
                        (exchange, message, times) -> exchange.header(
                                        "Location", "http://me:hush@127.0.0.1:18/stolen?token=hush")
                                .json(307, ""))) {
            assertThat(failure(wrong))
                    .contains("it redirects to http://127.0.0.1:18/stolen (HTTP status 307): set `url`")
                    .doesNotContain("hush")
                    .doesNotContain("unknown");
        }
    }

    /** What /health says of a server that cannot be used. */
    private static String trouble(WrongServer wrong) throws Exception {
        try (LiveServer live = new LiveServer(wrong.settings())) {
            Await.until(
                    "it is in trouble",
                    Duration.ofSeconds(20),
                    () -> live.live.trouble().orElse("is not connected yet").contains("does not work"));
            return live.live.trouble().orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"9999-99-99\"", "5", "null"})
    void aRevisionThatNobodyKnowsIsNotSpoken(String version) throws Exception {
        String answer = "{'protocolVersion': " + version + ", 'capabilities': {}}";
        try (WrongServer wrong = WrongServer.legacy()
                .on(
                        "initialize",
                        (exchange, message, times) -> exchange.header("Mcp-Session-Id", "s")
                                .json(200, WrongServer.wrapped(message, answer)))) {
            assertThat(trouble(wrong)).contains("asked for revision 2025-11-25 of the protocol, it offers " + version);
            assertThat(wrong.times("tools/list")).isZero();
        }
    }

    @Test
    void aListOfToolsThatDoesNotEndIsGivenUpAfterAHundredPages() throws Exception {
        try (WrongServer wrong = new WrongServer()
                .on(
                        "tools/list",
                        (exchange, message, times) -> exchange.json(
                                200, WrongServer.wrapped(message, "{'tools': [], 'nextCursor': '" + times + "'}")))) {
            assertThat(trouble(wrong)).contains("its list of tools has more than 100 pages");
            assertThat(wrong.times("tools/list")).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'tools': {}}|the tools that it lists are no list",
                "{'tools': [], 'nextCursor': 5}|nextCursor of its list of tools is no text",
                "{}|the tools that it lists are no list",
            })
    void aListOfToolsThatIsNoneIsNamed(String list, String what) throws Exception {
        try (WrongServer wrong = new WrongServer().result("tools/list", list)) {
            assertThat(trouble(wrong)).contains(what);
        }
    }

    @Test
    void toolsThatCannotBeUsedAreLeftOut() throws Exception {
        try (WrongServer wrong = new WrongServer()
                        .result(
                                "tools/list",
                                "{'tools': [{'name': 5}, 7, null, {'inputSchema': {}}, {'name': 't', 'description': 8}]}");
                LiveServer live = new LiveServer(wrong.settings()).awaitTools()) {
            assertThat(live.registry.names()).containsExactly("s.t");
            assertThat(live.tool("s.t").description().description()).isEqualTo("t");
        }
    }

    @Test
    void healthNamesARedirect() throws Exception {
        try (WrongServer wrong = new WrongServer()) {
            for (String method : List.of("server/discover", "initialize")) {
                wrong.on(
                        method,
                        (exchange, message, times) ->
                                exchange.header("Location", "/other?key=hush").json(307, ""));
            }
            assertThat(trouble(wrong))
                    .contains("it redirects to " + wrong.http().url() + "/other (HTTP status 307): set `url`")
                    .doesNotContain("hush");
        }
    }
}
