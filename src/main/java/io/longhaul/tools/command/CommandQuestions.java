package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.Questions;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.tools.spi.UnansweredException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Passes the questions of a command on, and the answers back: each is a line on its standard input. */
final class CommandQuestions implements StandardOutput.Questions {
    private final ToolCall call;
    private final boolean takesAnswers;
    private final Runnable onFailure;
    private final CompletableFuture<RunningCommand> command = new CompletableFuture<>();
    private volatile ToolResult failure;

    /** {@code onFailure} runs when a question cannot be asked, or is not answered in time. */
    CommandQuestions(ToolCall call, boolean takesAnswers, Runnable onFailure) {
        this.call = call;
        this.takesAnswers = takesAnswers;
        this.onFailure = onFailure;
    }

    /** Writes the answers to this command. */
    void answer(RunningCommand running) {
        command.complete(running);
    }

    /** The failure of the call because of a question, or null. */
    ToolResult failure() {
        return failure;
    }

    @Override
    public void asked(JsonNode json) {
        try {
            Question question = Questions.read(json);
            if (!takesAnswers) {
                throw new IllegalArgumentException(
                        "The command asks \"" + question.key()
                                + "\", and its standard input takes no answers: add stdin: answers to the tool's configuration.");
            }
            var unused = call.asking(question)
                    .whenComplete((answer, unanswered) -> hear(question.key(), answer, unanswered));
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            fail(new ToolResult.Failure(FailureKind.TOOL_ERROR, e.getMessage(), false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear(String key, Answer answer, Throwable unanswered) {
        if (unanswered != null) {
            fail(ToolResult.failure(
                    unanswered instanceof UnansweredException ? FailureKind.UNANSWERED : FailureKind.TOOL_ERROR,
                    String.valueOf(unanswered.getMessage())));
            return;
        }
        String line = JsonNodeFactory.instance
                        .objectNode()
                        .set("answer", Questions.written(key, answer))
                        .toString()
                + "\n";
        var unused = command.thenAccept(running -> running.feed(line.getBytes(StandardCharsets.UTF_8), false));
    }

    private void fail(ToolResult reason) {
        failure = reason;
        onFailure.run();
    }
}
