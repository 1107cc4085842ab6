package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall.Asked;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.tools.spi.UnansweredException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The behaviour of every provider whose tools can ask for input. A provider's test supplies the tools. */
public abstract class AskContract {
    /**
     * Asks "May I?" with a schema that has the property "name", and returns an object whose members "action" and "content"
     * are those of the answer.
     */
    protected abstract RegisteredTool asking();

    /** Asks two such questions, both before the first answer, and returns a list of both answers. */
    protected abstract RegisteredTool askingTwice();

    private static JsonNode value(RecordedCall call) throws Exception {
        assertThat(call.await()).isInstanceOf(ToolResult.Success.class);
        return RecordedCall.JSON.readTree(((ToolResult.Success) call.await()).json());
    }

    private static Answer accepted(String json) throws Exception {
        return new Answer(Answer.Action.ACCEPT, RecordedCall.JSON.readTree(json));
    }

    @Test
    void theToolGetsTheAnswer() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(asking());
        Asked asked = call.awaitQuestion();
        assertThat(asked.question().message()).isEqualTo("May I?");
        assertThat(asked.question().schema().at("/properties/name/type").asText())
                .isEqualTo("string");
        asked.answer().complete(accepted("{\"name\": \"äß漢😀\\n\\\"\"}"));
        JsonNode result = value(call);
        assertThat(result.path("action").asText()).isEqualTo("accept");
        assertThat(result.at("/content/name").asText()).isEqualTo("äß漢😀\n\"");
    }

    @Test
    void theToolGetsARefusal() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(asking());
        call.awaitQuestion().answer().complete(new Answer(Answer.Action.DECLINE, null));
        assertThat(value(call).path("action").asText()).isEqualTo("decline");
    }

    @Test
    void aQuestionHasTheSameKeyInEveryAttempt() throws Exception {
        RegisteredTool tool = asking();
        RecordedCall first = new RecordedCall("{}").start(tool);
        String key = first.awaitQuestion().question().key();
        first.cancel();
        first.awaitEnd();
        RecordedCall second = new RecordedCall("{}", java.util.UUID.fromString(first.jobId()), 2).start(tool);
        Asked again = second.awaitQuestion();
        assertThat(again.question().key()).isEqualTo(key);
        again.answer().complete(accepted("{\"name\": \"x\"}"));
        assertThat(value(second).at("/content/name").asText()).isEqualTo("x");
    }

    @Test
    void severalQuestionsAreOpenAtOnceAndAnsweredInAnyOrder() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(askingTwice());
        List<Asked> asked = List.of(call.awaitQuestion(), call.awaitQuestion());
        assertThat(asked.get(0).question().key())
                .isNotEqualTo(asked.get(1).question().key());
        asked.get(1).answer().complete(accepted("{\"name\": \"second\"}"));
        asked.get(0).answer().complete(accepted("{\"name\": \"first\"}"));
        assertThat(value(call).findValuesAsText("name")).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void aCancelledCallWaitsForNoAnswer() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(asking());
        Asked asked = call.awaitQuestion();
        call.cancel();
        call.awaitEnd();
        asked.answer().complete(accepted("{\"name\": \"too late\"}"));
    }

    @Test
    void aQuestionThatNobodyAnswersFailsTheCall() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(asking());
        call.awaitQuestion().answer().completeExceptionally(new UnansweredException("Nobody answered in time."));
        assertThat(failure(call).kind()).isEqualTo(FailureKind.UNANSWERED);
        assertThat(failure(call).message()).isEqualTo("Nobody answered in time.");
        assertThat(failure(call).retryable()).isFalse();
    }

    private static ToolResult.Failure failure(RecordedCall call) throws Exception {
        try {
            return (ToolResult.Failure) call.await();
        } catch (java.util.concurrent.ExecutionException e) {
            // Whoever calls the tool makes the failure.
            assertThat(e.getCause()).isInstanceOf(UnansweredException.class);
            return (ToolResult.Failure)
                    ToolResult.failure(FailureKind.UNANSWERED, e.getCause().getMessage());
        }
    }
}
