package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.ToolResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers of the newer era, over HTTP, ask by ending a call that is made again, or in a task. */
final class McpModernAskTest extends McpAskContract {
    private static StandInEndpoint endpoint;
    private static LiveServer server;

    @BeforeAll
    static void startServer() throws Exception {
        endpoint = new StandInEndpoint(true);
        server = new LiveServer("url: '" + endpoint.url() + "'").awaitTools();
    }

    @AfterAll
    static void stopServer() {
        server.close();
        endpoint.close();
    }

    @Override
    LiveServer server() {
        return server;
    }

    @Test
    void aTaskThatAsksGetsTheAnswer() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(server.tool("s.asking-task"));
        call.awaitQuestion()
                .answer()
                .complete(new Answer(Answer.Action.ACCEPT, RecordedCall.JSON.readTree("{\"name\": \"Ada\"}")));
        assertThat(((ToolResult.Success) call.await()).json()).contains("\"name\":\"Ada\"");
    }

    @Test
    void mcpClientsGetTheServersOwnRequest() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(server.tool("s.asking"));
        RecordedCall.Asked asked = call.awaitQuestion();
        assertThat(asked.question().mcp().path("method").asText()).isEqualTo("elicitation/create");
        assertThat(asked.question().mcp().at("/params/mode").asText()).isEqualTo("form");
        assertThat(asked.question().key()).matches("may-i-[0-9a-f]{8}");
        call.cancel();
        call.awaitEnd();
    }
}
