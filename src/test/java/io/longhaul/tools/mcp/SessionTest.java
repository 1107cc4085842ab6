package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What servers of the older era ask, and what they are told. */
final class SessionTest {
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    private final Session session = new Session(new Recorder(sent), () -> {});

    /** A message to the server, and the thread that sent it. */
    private record Sent(ObjectNode message, String thread) {}

    /** Sends nothing; like a program it has one stream for all requests. */
    private record Recorder(BlockingQueue<Sent> sent) implements McpTransport {
        @Override
        public void open(Session session) {}

        @Override
        public void send(ObjectNode message, PendingRequest pending) {
            sent.add(new Sent(message, Thread.currentThread().getName()));
        }

        @Override
        public void speak(String version, boolean modern) {}

        @Override
        public boolean cancelsByClosing() {
            return false;
        }

        @Override
        public void close() {}
    }

    /** Answers all questions alike, once it is told how. */
    private record Asked(CompletableFuture<ObjectNode> answer) implements PendingRequest.Listener {
        Asked() {
            this(new CompletableFuture<>());
        }

        @Override
        public CompletableFuture<ObjectNode> asked(JsonNode request) {
            return answer;
        }
    }

    private Sent next() throws InterruptedException {
        Sent next = sent.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a message to the server").isNotNull();
        return next;
    }

    private PendingRequest begin(PendingRequest.Listener listener) throws Exception {
        PendingRequest call = session.start("tools/call", Rpc.object(), listener, Map.of());
        next();
        return call;
    }

    private void ask() {
        session.receive(Rpc.request("q", "elicitation/create", Rpc.object().put("message", "May I?")), null);
    }

    private void askForTask(String task) {
        ObjectNode params = Rpc.object().put("message", "May I?");
        Rpc.meta(params).putObject("io.modelcontextprotocol/related-task").put("taskId", task);
        session.receive(Rpc.request("q", "elicitation/create", params), null);
    }

    @Test
    void aCallWhoseQuestionCannotBePassedOnIsCancelledAtTheServer() throws Exception {
        Asked asked = new Asked();
        PendingRequest call = begin(asked);
        ask();
        asked.answer().completeExceptionally(new IllegalArgumentException("a job may ask 100 questions"));

        Sent cancel = next();
        assertThat(cancel.message().path("method").asText()).isEqualTo("notifications/cancelled");
        assertThat(cancel.message().at("/params/requestId").asText()).isEqualTo(call.id());
        assertThatThrownBy(() -> session.await(call, Duration.ofSeconds(10)))
                .hasMessage("what the server asks cannot be passed on: a job may ask 100 questions");
    }

    @Test
    void whatACancelledCallMayAskIsShownToNoOtherCall() throws Exception {
        PendingRequest first = begin(new Asked());
        session.cancel(first, "no longer wanted");
        next();
        Asked second = new Asked();
        begin(second);
        second.answer().complete(Rpc.object().put("action", "accept"));

        ask();
        assertThat(next().message().at("/error/code").asInt()).isEqualTo(-32601);
        session.receive(Rpc.error(TextNode.valueOf(first.id()), new RpcError(0, "Request cancelled")), null);
        ask();
        assertThat(next().message().at("/result/action").asText()).isEqualTo("accept");
    }

    @Test
    void aQuestionThatNamesATaskIsForNoOtherCall() throws Exception {
        Asked other = new Asked();
        begin(other);
        other.answer().complete(Rpc.object().put("action", "accept"));
        askForTask("t");
        assertThat(next().message().at("/error/code").asInt()).isEqualTo(-32601);

        RecordedCall call = new RecordedCall("{}");
        begin(new McpTool.Reporter(call, new ServerQuestions(call), "t"));
        askForTask("t");
        call.awaitQuestion().answer().complete(new Answer(Answer.Action.DECLINE, null));
        assertThat(next().message().at("/result/action").asText()).isEqualTo("decline");
    }

    @Test
    void aServerGetsItsAnswerFromAThreadThatMayWaitForIt() throws Exception {
        Asked asked = new Asked();
        begin(asked);
        ask();
        asked.answer().complete(Rpc.object().put("action", "decline"));

        Sent answer = next();
        assertThat(answer.message().at("/result/action").asText()).isEqualTo("decline");
        assertThat(answer.thread()).isEqualTo("mcp-question");
    }

    @Test
    void aTaskWhoseQuestionCannotBePassedOnIsCancelledAtTheServer() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        KeptTask kept = new KeptTask.Keeper(Checkpoints.NONE, "test").open(call, "asking");
        ObjectNode task = Rpc.object().put("taskId", "t").put("status", "input_required");
        CompletableFuture<JsonNode> result = CompletableFuture.supplyAsync(() -> {
            try {
                return new RemoteTask(new CallSession(() -> session), call, kept, task).await();
            } catch (Exception e) {
                return JsonNodeFactory.instance.textNode(e.getMessage());
            }
        });
        assertThat(next().message().path("method").asText()).isEqualTo("tasks/result");
        ask();
        call.awaitQuestion().answer().completeExceptionally(new IllegalArgumentException("too many"));

        assertThat(result.get(10, TimeUnit.SECONDS).asText()).endsWith("cannot be passed on: too many");
        assertThat(new String[] {
                    next().message().path("method").asText(),
                    next().message().path("method").asText()
                })
                .containsExactlyInAnyOrder("notifications/cancelled", "tasks/cancel");
    }
}
