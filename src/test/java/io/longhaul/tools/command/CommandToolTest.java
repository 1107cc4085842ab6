package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Output, exit codes and environment of programs. */
final class CommandToolTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "auto  | 42\\n              | 42",
                "auto  | [1,\\n 2]\\n\\n    | [1,\\n 2]",
                "auto  | 007\\n             | \"007\"",
                "auto  | NaN\\n             | \"NaN\"",
                "auto  | 1 2\\n             | \"1 2\"",
                "auto  | hello\\nworld\\n   | \"hello\\nworld\"",
                "auto  | \\n                | null",
                "auto  | {\"a\":1}\\n{\"b\":2}\\n | \"{\\\"a\\\":1}\\n{\\\"b\\\":2}\"",
                "json  | {\"a\":1.0}\\n     | {\"a\":1.0}",
                "text  | 42\\n              | \"42\"",
                "text  | a\\tb\\r\\n        | \"a\\tb\"",
                "lines | a\\n\\nb\\r\\nc    | [\"a\",\"\",\"b\",\"c\"]",
                "lines | ``                 | []",
            })
    void outputBecomesTheResultByItsMode(String mode, String printed, String json) throws Exception {
        RegisteredTool tool = tool("[printf, '%b', '{text}']", "output: " + mode);
        RecordedCall call = new RecordedCall(
                RecordedCall.JSON.createObjectNode().put("text", printed).toString());
        // The table shows a line break of the result as \n inside and outside of strings.
        ToolResult result = call.start(tool).await();
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        assertThat(RecordedCall.JSON.readTree(((ToolResult.Success) result).json()))
                .isEqualTo(RecordedCall.JSON.readTree(json.startsWith("[1") ? json.replace("\\n", "") : json));
    }

    @Test
    void outputThatIsNotTheJsonItShouldBeIsAFailure() throws Exception {
        ToolResult.Failure failure = failure(tool("[echo, hello]", "output: json"), "{}");
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message()).contains("not one JSON value");
    }

    @Test
    void theLastResultLineWinsOverOtherOutput() throws Exception {
        assertThat(success(shell("echo noise; echo '{{\"result\": 1}}'; echo '{{\"result\": [2]}}'; echo more"), "{}"))
                .isEqualTo("[2]");
    }

    @Test
    void protocolLinesAreNotPartOfTheOutput() throws Exception {
        assertThat(success(shell("echo '[1,'; echo '{{\"log\": \"x\"}}'; echo '2]'"), "{}"))
                .isEqualTo("[1,\n2]");
    }

    @Test
    void withoutTheProtocolLinesAreOutput() throws Exception {
        assertThat(success(tool("[echo, '{{\"result\": 1}}']", "protocol: false"), "{}"))
                .isEqualTo("{\"result\": 1}");
    }

    @Test
    void aReportedFailureWinsOverResultAndExitCode() throws Exception {
        ToolResult.Failure failure = failure(
                shell("echo '{{\"result\": 1}}'; echo '{{\"error\": {{\"message\": \"half\", \"retryable\": true}}}}'"),
                "{}");
        assertThat(failure).isEqualTo(new ToolResult.Failure(FailureKind.TOOL_ERROR, "half", true));
    }

    @Test
    void anExitCodeOtherThanZeroFailsWithTheLastLinesOfStandardError() throws Exception {
        ToolResult.Failure failure = failure(
                shell("for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; echo '{{\"result\": 1}}'; exit 9"), "{}");
        assertThat(failure.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure.message())
                .isEqualTo("The command exited with code 9: line 3\nline 4\nline 5\nline 6\nline 7");
    }

    @Test
    void exitCodesDecideWhetherAnotherAttemptIsWorthIt() throws Exception {
        String onlySome = "retryable_exit_codes: [75]";
        assertThat(failure(tool("[sh, -c, 'exit 75']", onlySome), "{}").retryable())
                .isTrue();
        assertThat(failure(tool("[sh, -c, 'exit 1']", onlySome), "{}").retryable())
                .isFalse();
        assertThat(failure(tool("[sh, -c, 'exit 1']", "fatal_exit_codes: [2]"), "{}")
                        .retryable())
                .isTrue();
        assertThat(failure(tool("[sh, -c, 'exit 2']", "fatal_exit_codes: [2]"), "{}")
                        .retryable())
                .isFalse();
    }

    @Test
    void anErrorLineDecidesUnlessItsExitCodeIsFatal() throws Exception {
        String retry = "[sh, -c, 'echo ''{{\"error\": {{\"message\": \"m\", \"retryable\": true}}}}''; exit %d']";
        assertThat(failure(tool(retry.formatted(2), "fatal_exit_codes: [2]"), "{}")
                        .retryable())
                .isFalse();
        assertThat(failure(tool(retry.formatted(3), "fatal_exit_codes: [2]"), "{}")
                        .retryable())
                .isTrue();
        assertThat(failure(tool(retry.formatted(3), "retryable_exit_codes: [75]"), "{}")
                        .retryable())
                .isTrue();
        String plain = "[sh, -c, 'echo ''{{\"error\": {{\"message\": \"m\"}}}}''; exit 2']";
        assertThat(failure(tool(plain, "fatal_exit_codes: [2]"), "{}").retryable())
                .isFalse();
    }

    @Test
    void aSignalIsNamed() throws Exception {
        assertThat(failure(shell("kill -KILL $$"), "{}").message()).contains("killed (signal 9)", "memory");
        assertThat(failure(shell("kill -SEGV $$"), "{}").message()).contains("ended by signal 11");
    }

    @Test
    void aProgramThatIsMissingInsideTheCommandIsUnavailable() throws Exception {
        ToolResult.Failure failure = failure(shell("no-such-program-anywhere"), "{}");
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("code 127").contains("no-such-program-anywhere");
    }

    @Test
    void aFileThatMayNotBeRunIsUnavailable(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
        assertThat(failure(tool("['" + script + "']", ""), "{}"))
                .matches(failure -> failure.kind() == FailureKind.UNAVAILABLE)
                .extracting(ToolResult.Failure::message)
                .asString()
                .contains("chmod +x");
    }

    @Test
    void aScriptWhoseInterpreterIsMissingIsUnavailable(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(failure(tool("['" + script + "']", ""), "{}").kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void paramsTooLongForACommandLineAreRefused() throws Exception {
        ToolResult.Failure failure =
                failure(tool("[echo, '{text}']", ""), "{\"text\": \"" + "x".repeat(300_000) + "\"}");
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_PARAMS);
        assertThat(failure.message()).contains("too long for a command line").contains("standard input");
    }

    @Test
    void refusedParamsAreInvalid() throws Exception {
        assertThat(failure(tool("[echo, '{text}']", ""), "{\"text\": \"-n\"}").kind())
                .isEqualTo(FailureKind.INVALID_PARAMS);
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() throws Exception {
        assertThat(success(tool("[printf, 'a\\377b\\000c']", ""), "{}")).isEqualTo("\"a\uFFFDb\uFFFDc\"");
    }

    @Test
    void aNumberBeyondTheDatabaseIsAFailure() throws Exception {
        assertThat(failure(tool("[echo, '1e999999']", ""), "{}").message()).contains("1e999999", "more digits");
    }

    @Test
    void logLinesCanBeStored() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        call.start(
                        shell(
                                "printf 'a\\000b\\377\\r\\n10%%\\r50%%\\r100%%\\nlast' >&2; printf '%s' '{{\"log\": \"x\\u0000\\ny\"}}'"))
                .await();
        assertThat(call.lines()).containsExactlyInAnyOrder("a\uFFFDb\uFFFD", "100%", "last", "x\uFFFD", "y");
    }

    @Test
    void aVeryLongLogLineIsCut() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        call.start(shell("head -c 3000000 /dev/zero | tr '\\0' x >&2")).await();
        assertThat(call.lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).hasSize(StandardError.LONGEST_LINE + 3).endsWith("..."));
    }

    @Test
    void manyProtocolLinesDoNotCountAsOutput() throws Exception {
        RegisteredTool tool = tool(
                "[awk, 'BEGIN {{ for (i = 0; i < 2000; i++) print \"{{\\\"progress\\\": 0.5}}\"; print \"ok\" }}']",
                "max_output: 1KiB");
        assertThat(success(tool, "{}")).isEqualTo("\"ok\"");
    }

    @ParameterizedTest
    @CsvSource({"false, x", "true, x", "true, '{\"progress\": 0.1, \"message\": \"'", "true, '{\"result\": \"'"})
    void outputWithoutALineFeedIsStoppedAtOnce(boolean protocol, String begin) throws Exception {
        // The program would write for ever, and ends only with its reader.
        RegisteredTool tool = tool(
                "[sh, -c, 'printf %s \"$1\"; exec tr \"\\\\0\" x < /dev/zero', x, '{text}']",
                "protocol: " + protocol, "max_output: 100KiB");
        ToolResult.Failure failure = failure(
                tool, RecordedCall.JSON.createObjectNode().put("text", begin).toString());
        assertThat(failure.kind()).isEqualTo(FailureKind.RESULT_TOO_LARGE);
        assertThat(failure.message()).contains("102400 bytes", "max_output");
    }

    @Test
    void aLineOfTheErrorsThatDoesNotEndIsShownAtOnceAndEndsNothing() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell("head -c 9000 /dev/zero | tr '\\0' x >&2; read line < /dev/zero; sleep 1000"))
                .awaitFirstLine();
        assertThat(call.lines()).containsExactly("x".repeat(8192) + "...");
        call.cancel();
        call.awaitEnd();
    }

    @Test
    void theRestOfACutLineOfTheErrorsIsNotShown() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell("head -c 30000 /dev/zero | tr '\\0' x >&2; echo >&2; echo next >&2"));
        call.await();
        assertThat(call.lines()).containsExactly("x".repeat(8192) + "...", "next");
    }

    @Test
    void theEnvironmentIsAnAllowList() throws Exception {
        RecordedCall call = new RecordedCall("{}");
        ToolResult result = call.start(
                        tool("[env]", "output: lines", "env: {GREETING: 'hello there'}", "pass_env: [PATH]"))
                .await();
        assertThat(((ToolResult.Success) result).json())
                .contains("\"GREETING=hello there\"", "\"LONGHAUL_JOB_ID=" + call.jobId() + "\"")
                .contains("\"LONGHAUL_ATTEMPT=1\"", "\"LONGHAUL_TOOL=tool\"", "\"PATH=" + System.getenv("PATH") + "\"")
                .containsPattern("TRACEPARENT=00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
                .doesNotContain("\"HOME=", "\"LANG=");
        assertThat(RecordedCall.JSON.readTree(((ToolResult.Success) result).json()))
                .hasSize(8);
    }

    @Test
    void theCommandRunsInItsWorkingDirectory(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("here"), "#!/bin/sh\npwd\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(success(tool("[./here]", "working_directory: " + folder), "{}"))
                .isEqualTo("\"" + folder.toRealPath() + "\"");
    }

    @Test
    void standardInputCanBeEmpty() throws Exception {
        assertThat(success(tool("[cat]", "stdin: none"), "{\"a\": 1}")).isEqualTo("null");
    }

    @Test
    void aCommandNeedNotReadItsInput() throws Exception {
        assertThat(success(tool("[echo, ok]", ""), "\"" + "x".repeat(1_000_000) + "\""))
                .isEqualTo("\"ok\"");
    }

    @Test
    void numbersInTheCommandStayAsWritten() throws Exception {
        assertThat(success(tool("[echo, 1.10, 0x10, [1e3, yes]]", ""), "{}")).isEqualTo("\"1.10 0x10 1e3 yes\"");
    }

    @Test
    void wrongSettingsSayTheCure() {
        assertThatThrownBy(() -> tool("[echo]", "working_directory: /no/such/folder"))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContaining("tool 'tool': working_directory /no/such/folder is no folder: create it");
        assertThatThrownBy(() -> tool("[echo]", "max_output: 1GiB")).hasMessageContaining("from 1B to 128MiB");
        assertThatThrownBy(() -> tool("[echo]", "retryable_exit_codes: [1]", "fatal_exit_codes: [1]"))
                .hasMessageContaining("remove it from one of them");
        assertThatThrownBy(() -> tool("[echo]", "fatal_exit_codes: [0]"))
                .hasMessageContaining("fatal_exit_codes is 0: write a value from 1 to 255");
        assertThatThrownBy(() -> tool("[echo]", "retryable_exit_codes: [256]"))
                .hasMessageContaining("retryable_exit_codes is 256: write");
        assertThatThrownBy(() -> TestTools.one("[{type: command, name: x}]"))
                .hasMessageContaining("no command: add one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "command: [echo], env: {'A=B': x}                      | 'A=B' cannot be the name of a variable",
                "command: [echo], env: {'': x}                         | '' cannot be the name of a variable",
                "command: [echo], secret_env: {'A=B': {env: PATH}}     | 'A=B' cannot be the name of a variable",
                "command: [echo], env: {A: \"x\\0y\"}                  | the value of A in env holds a NUL",
                "command: [echo, \"x\\0y\"]                             | an element of command holds a NUL",
            })
    void whatNoProgramCanBeGivenIsFoundInTheSettings(String settings, String message) {
        for (String type : new String[] {"command", "mcp"}) {
            assertThatThrownBy(() -> TestTools.one("[{type: " + type + ", name: x, " + settings + "}]"))
                    .isInstanceOf(ToolConfigurationException.class)
                    .hasMessageContaining(message);
        }
    }

    private static RegisteredTool shell(String script) {
        return TestTools.one("- type: command\n  name: tool\n  command:\n  - sh\n  - -c\n  - |\n    " + script + "\n");
    }

    private static RegisteredTool tool(String command, String... settings) {
        return TestTools.one(
                "- type: command\n  name: tool\n  command: " + command + "\n  " + String.join("\n  ", settings) + "\n");
    }

    private static String success(RegisteredTool tool, String params) throws Exception {
        ToolResult result = new RecordedCall(params).start(tool).await();
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        return ((ToolResult.Success) result).json();
    }

    private static ToolResult.Failure failure(RegisteredTool tool, String params) throws Exception {
        ToolResult result = new RecordedCall(params).start(tool).await();
        assertThat(result).isInstanceOf(ToolResult.Failure.class);
        return (ToolResult.Failure) result;
    }
}
