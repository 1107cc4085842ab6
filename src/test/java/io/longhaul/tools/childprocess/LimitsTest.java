package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
    private static final Limits ALL =
            new Limits(DataSize.mebibytes(64), Duration.seconds(9), 99, DataSize.bytes(7), 50, 3);

    private static RegisteredTool shell(String limits, String script) {
        return TestTools.one("- type: command\n  name: tool\n  output: text\n  limits: {" + limits
                + "}\n  command:\n  - sh\n  - -c\n  - |\n    " + script + "\n");
    }

    private static ToolResult call(String limits, String script) throws Exception {
        return new RecordedCall("{}").start(shell(limits, script)).await();
    }

    private static ToolResult.Failure failure(String limits, String script) throws Exception {
        return (ToolResult.Failure) call(limits, script);
    }

    @Test
    void limitsReachTheProgramAndAllItStarts() throws Exception {
        // The tests themselves may run at a lower priority already.
        int usual = Integer.parseInt(told("", "nice").replace("\"", ""));
        String told = told(
                "memory: 1GiB, cpu_time: 100s, open_files: 64, file_size: 1MiB, nice: 7",
                "sh -c 'ulimit -v; ulimit -t; ulimit -n; ulimit -f; nice'");
        assertThat(told).isEqualTo("\"1048576\\n100\\n64\\n2048\\n" + Math.min(19, usual + 7) + "\"");
    }

    private static String told(String limits, String script) throws Exception {
        return ((ToolResult.Success) call(limits, script)).json();
    }

    @Test
    void tooMuchProcessorTimeEndsTheCommandWithAMessage() throws Exception {
        ToolResult.Failure failure = failure("cpu_time: 1s", "while :; do :; done");
        assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT_EXCEEDED);
        assertThat(failure.message())
                .contains("more than the 1 s of processor time")
                .contains("limits.cpu_time");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aCommandThatIgnoresTheEndOfItsProcessorTimeIsKilledWithTheSameMessage() throws Exception {
        ToolResult.Failure failure = failure("cpu_time: 1s", "trap '' XCPU; while :; do :; done");
        assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT_EXCEEDED);
        assertThat(failure.message()).contains("limits.cpu_time").doesNotContain("memory");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aKilledCommandIsNotBlamedOnProcessorTimeThatItDidNotUse() throws Exception {
        ToolResult.Failure itself = failure("cpu_time: 100s", "kill -KILL $$");
        assertThat(itself.kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(itself.message()).contains("want of memory, or because it ignored the signal of limits.cpu_time");
        assertThat(itself.retryable()).isTrue();
        assertThat(failure("nice: 1", "kill -KILL $$").message()).doesNotContain("cpu_time");
    }

    @Test
    void aTooLargeFileEndsTheCommandWithAMessage(@TempDir Path folder) throws Exception {
        ToolResult.Failure failure = failure("file_size: 64KiB", "exec head -c 100000 /dev/zero > " + folder + "/file");
        assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT_EXCEEDED);
        assertThat(failure.message()).contains("file of more than the 65536 bytes");
        assertThat(folder.resolve("file")).hasSize(65536);
    }

    @Test
    void tooMuchMemoryIsReportedIfTheProgramReportsIt() throws Exception {
        ToolResult.Failure failure = failure("memory: 64MiB", "dd if=/dev/zero of=/dev/null bs=100M count=1");
        assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT_EXCEEDED);
        assertThat(failure.message()).contains("more than the 67108864 bytes of memory");
    }

    @Test
    void otherFailuresAreNotBlamedOnLimits() throws Exception {
        assertThat(failure("memory: 1GiB, cpu_time: 10s", "echo no >&2; exit 3").kind())
                .isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure("nice: 1", "echo out of memory >&2; exit 3").kind()).isEqualTo(FailureKind.TOOL_ERROR);
        assertThat(failure("nice: 1", "kill -XCPU $$").message()).contains("ended by signal 24");
    }

    @Test
    void aParamCannotReachTheProgramThatSetsTheLimits() throws Exception {
        RegisteredTool tool = TestTools.one("""
                - type: command
                  name: tool
                  limits: {cpu_time: 10s, nice: 1}
                  allow_dashes: true
                  command: [echo, "{text}"]
                  params: {type: object, properties: {text: {type: string}}}
                """);
        assertThat(new RecordedCall("{\"text\": \"--cpu=1 $(id); --help\"}")
                        .start(tool)
                        .await())
                .isEqualTo(new ToolResult.Success("\"--cpu=1 $(id); --help\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1   | 0 | MemoryError                                       | limits.memory",
                "134 | 0 | terminate called after throwing 'std::bad_alloc'  | limits.memory",
                "1   | 0 | OSError: [Errno 27] File too large: 'x'           | limits.file_size",
                "153 | 0 | ''                                                | limits.file_size",
                "152 | 0 | ''                                                | limits.cpu_time",
                "137 | 9 | ''                                                | limits.cpu_time",
                "1   | 0 | IOError: [Errno 24] Too many open files           | limits.open_files",
                "2   | 0 | sh: 1: Cannot fork                                | limits.processes",
            })
    void theLimitIsToldByExitCodesTimesAndWords(int code, int seconds, String errors, String setting) {
        java.time.Duration used = java.time.Duration.ofSeconds(seconds);
        assertThat(ALL.exceeded(code, used, errors))
                .hasValueSatisfying(told -> assertThat(told).contains(setting));
        assertThat(Limits.NONE.exceeded(code, used, errors)).isEmpty();
    }

    @Test
    void limitsThatTheSystemCannotApplyAreRefusedWithTheCure() {
        assertThatThrownBy(() -> ALL.checkSystem(false, true, "jo"))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContaining("install util-linux");
        assertThatThrownBy(() -> ALL.checkSystem(true, false, "jo")).hasMessageContaining("install coreutils");
        assertThatThrownBy(() -> ALL.checkSystem(true, true, "root")).hasMessageContaining("as another user");
        ALL.checkSystem(true, true, "jo");
        Limits.NONE.checkSystem(false, false, "root");
    }

    @ParameterizedTest
    @CsvSource({
        "memory: 1MiB, 16MiB",
        "cpu_time: 10ms, 1s",
        "open_files: 3, 16",
        "nice: -1, 0 to 19",
        "nice: 20, 0 to 19"
    })
    void valuesOutOfRangeAreRefused(String setting, String says) {
        assertThatThrownBy(() -> shell(setting, "true"))
                .hasMessageContaining("limits.")
                .hasMessageContaining(says);
    }
}
