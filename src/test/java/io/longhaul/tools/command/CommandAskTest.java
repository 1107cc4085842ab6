package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.AskContract;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs ask as the contract says: a line on standard output, and a line on standard input. */
final class CommandAskTest extends AskContract {
    private static final String SCHEMA =
            "{{\"type\": \"object\", \"properties\": {{\"name\": {{\"type\": \"string\"}}}}}}";

    private static RegisteredTool shell(String settings, String... lines) {
        StringBuilder script = new StringBuilder();
        for (String line : lines) {
            script.append("      ").append(line).append('\n');
        }
        return TestTools.one(
                "- type: command\n  name: asks\n  " + settings + "\n  command:\n  - bash\n  - -c\n  - |\n" + script);
    }

    private static String ask(String key) {
        return "echo '{{\"ask\": {{\"key\": \"" + key + "\", \"message\": \"May I?\", \"schema\": " + SCHEMA + "}}}}'";
    }

    @Override
    protected RegisteredTool asking() {
        return shell(
                "stdin: answers",
                "read -r params",
                ask("may-i"),
                "read -r answer; answer=${{answer#*:}}",
                "echo \"{{\\\"result\\\": ${{answer%?}}}}\"");
    }

    @Override
    protected RegisteredTool askingTwice() {
        return shell(
                "stdin: answers",
                "read -r params",
                ask("one"),
                ask("two"),
                "read -r first; read -r second",
                "echo \"{{\\\"result\\\": [$first, $second]}}\"");
    }

    private static ToolResult.Failure failure(RegisteredTool tool) throws Exception {
        return (ToolResult.Failure) new RecordedCall("{}").start(tool).await();
    }

    @Test
    void aCommandThatTakesNoAnswersIsToldHowToTakeThem() throws Exception {
        ToolResult.Failure failure = failure(shell("stdin: params", ask("may-i"), "sleep 1000"));
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message()).contains("\"may-i\"").contains("stdin: answers");
        assertThat(failure.retryable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"ask": {"message": "May I?"}}                                         | needs the member "key"
            {"ask": {"key": "a b", "message": "May I?"}}                           | letters, digits
            {"ask": {"key": "a", "message": ""}}                                   | message of a question
            {"ask": {"key": "a", "message": "May I?", "schema": true}}             | must be an object
            {"ask": {"key": "a", "message": "May I?", "timeout_seconds": 0}}       | timeout_seconds
            {"ask": {"key": "a", "message": "May I?", "mcp": {"params": {}}}}      | mcp of a question
            {"ask": {"key": "a", "mesage": "May I?"}}                              | no member "mesage"
            """)
    void aWrongQuestionFailsTheCallAndSaysWhy(String line, String why) throws Exception {
        String escaped = line.replace("{", "{{").replace("}", "}}");
        ToolResult.Failure failure =
                failure(shell("stdin: answers", "echo '" + escaped + "'", "read -r params", "read -r answer"));
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message()).contains(why);
    }

    @Test
    void otherLinesWithTheWordAreOutput() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(shell("stdin: answers", "echo '{{\"ask\": \"text\"}}'"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("{\"ask\": \"text\"}"));
    }

    @Test
    void aCommandThatReadsToTheEndOfItsInputEndsWithTheParams() throws Exception {
        RecordedCall call =
                new RecordedCall("{\"a\": 1}").start(TestTools.one("[{type: command, name: echo, command: [cat]}]"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("{\"a\": 1}"));
    }

    @Test
    void anAnswerLargerThanAPipeArrivesWhole() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell(
                        "stdin: answers",
                        "read -r params",
                        ask("may-i"),
                        "sleep 0.1",
                        "read -r answer",
                        "echo ${{#answer}}"));
        String large = "x".repeat(300_000);
        call.awaitQuestion()
                .answer()
                .complete(
                        new Answer(Answer.Action.ACCEPT, RecordedCall.JSON.readTree("{\"name\": \"" + large + "\"}")));
        assertThat(Integer.parseInt(((ToolResult.Success) call.await()).json())).isGreaterThan(300_000);
    }
}
