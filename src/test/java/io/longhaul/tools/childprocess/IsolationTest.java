package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.ToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A tool's program reads neither the server nor other tools' programs. */
final class IsolationTest {
    /** The test itself plays the server; a shell shows a refusal by its exit code. */
    private static final String[] ATTEMPTS = {
        "cat /proc/PID/environ",
        "dd if=/proc/PID/mem bs=1 count=1 skip=4096",
        "cat /proc/PID/maps",
        "readlink /proc/PID/exe",
        "readlink /proc/PID/fd/1",
        "ls /proc/PID/cwd/",
        "ls /proc/PID/root/",
        "cat /proc/PID/auxv",
        "cat /proc/PID/task/*/environ"
    };

    private static final String[] LIMITS = {"prlimit --pid PID --core=0:0", "prlimit --pid PID --cpu=1000000"};

    private static final String[] SIGNALS = {"kill -0 PID", "kill -CONT PID", "kill -0 -- -PID"};

    /** All ways that work on this machine. */
    static Stream<Isolation.Kind> ways() {
        return Arrays.stream(Isolation.Kind.values()).filter(kind -> kind != Isolation.Kind.NONE && works(kind));
    }

    static Stream<Isolation.Kind> waysThatStopSignals() {
        return ways().filter(kind -> kind != Isolation.Kind.LANDLOCK_BEFORE_SIGNALS);
    }

    private static boolean works(Isolation.Kind kind) {
        try {
            return run(Isolation.by(kind), "exit 7") == 7;
        } catch (Exception e) {
            return false;
        }
    }

    private static int run(Isolation isolation, String script) throws Exception {
        Process process = started(isolation, script);
        process.getInputStream().readAllBytes();
        process.getErrorStream().readAllBytes();
        return process.waitFor();
    }

    private static Process started(Isolation isolation, String script) throws IOException {
        return isolation.start(new ProgramStart(
                List.of("/bin/sh", "-c", script),
                Map.of("PATH", Environment.PATH_OF_SYSTEM, "SECRET", "hush"),
                Path.of("/"),
                false,
                true));
    }

    @Test
    void thisMachineIsolatesPrograms() {
        assertThat(Isolation.ofThisMachine().kind()).isNotEqualTo(Isolation.Kind.NONE);
        assertThat(ways()).contains(Isolation.ofThisMachine().kind());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aProgramReadsNothingOfTheServer(Isolation.Kind way) throws Exception {
        assertRefused(Isolation.by(way), ProcessHandle.current().pid(), ATTEMPTS);
    }

    @ParameterizedTest
    @MethodSource("waysThatStopSignals")
    void aProgramCannotSignalTheServer(Isolation.Kind way) throws Exception {
        assertRefused(Isolation.by(way), ProcessHandle.current().pid(), SIGNALS);
    }

    /** A limit of processor time would end the server. Reading limits is allowed, also by the kernel's rules. */
    @ParameterizedTest
    @MethodSource("ways")
    void aProgramChangesNoLimitsButItsOwn(Isolation.Kind way) throws Exception {
        Process other = started(Isolation.by(way), "echo ready; exec sleep 1000");
        try {
            awaitLine(other);
            assertRefused(Isolation.by(way), ProcessHandle.current().pid(), LIMITS);
            assertRefused(Isolation.by(way), other.pid(), LIMITS);
        } finally {
            ended(other);
        }
        assertThat(run(Isolation.by(way), "ulimit -c 0 && prlimit --core=0:0 true && prlimit --core >/dev/null"))
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aProgramReadsNothingOfAnotherToolsProgram(Isolation.Kind way) throws Exception {
        Process other = started(Isolation.by(way), "echo ready; sleep 1000");
        try {
            awaitLine(other);
            assertRefused(Isolation.by(way), other.pid(), ATTEMPTS);
            if (way != Isolation.Kind.LANDLOCK_BEFORE_SIGNALS) {
                assertRefused(Isolation.by(way), other.pid(), SIGNALS);
            }
        } finally {
            ended(other);
        }
    }

    /** Proves that the attempts are valid: without isolation they succeed. */
    @Test
    void aProgramWithoutIsolationReadsAndSignalsOthers() throws Exception {
        Process other = started(Isolation.NONE, "echo ready; exec sleep 1000");
        try {
            awaitLine(other);
            String pid = Long.toString(other.pid());
            for (String attempt :
                    new String[] {"grep -q hush /proc/PID/environ", "cat /proc/PID/maps", "kill -0 PID", LIMITS[0]}) {
                assertThat(run(Isolation.NONE, attempt.replace("PID", pid)))
                        .as(attempt)
                        .isZero();
            }
        } finally {
            ended(other);
        }
    }

    private static void assertRefused(Isolation isolation, long pid, String... attempts) throws Exception {
        for (String attempt : attempts) {
            assertThat(run(isolation, attempt.replace("PID", Long.toString(pid))))
                    .as(isolation.kind() + ": " + attempt)
                    .isNotZero();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aProgramReachesItsOwnProcesses(Isolation.Kind way) throws Exception {
        // While a process becomes another program it has no environment.
        String script = "sleep 1000 & looks=0; "
                + "until grep -q hush /proc/$!/environ; do looks=$((looks + 1)); test $looks -lt 100 || exit 1; done; "
                + "kill -TERM $! && wait $!; test $? = 143";
        assertThat(run(Isolation.by(way), script)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"exit 3, 3", "kill -KILL $$, 137", "kill -SEGV $$, 139", "kill -TERM $$, 143", "true, 0"})
    void exitCodesAndSignalsAreTheProgramsOwn(String script, int code) throws Exception {
        for (Isolation.Kind way : ways().toList()) {
            assertThat(run(Isolation.by(way), script)).as(way.name()).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aRequestToStopReachesAnIsolatedProgram(Isolation.Kind way) throws Exception {
        String id = CallProcesses.newId();
        Process process = Isolation.by(way)
                .start(new ProgramStart(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "trap 'echo asked; exit 5' TERM; (setsid sleep 1000 &); echo ready; while :; do sleep 0.02; done"),
                        Map.of("PATH", Environment.PATH_OF_SYSTEM, Environment.CALL, id, "LONGHAUL_JOB_ID", id),
                        Path.of("/"),
                        false,
                        true));
        BufferedReader out = awaitLine(process);
        try (CallProcesses all = CallProcesses.of(process, id)) {
            all.stop(Duration.ofSeconds(5));
        }
        assertThat(out.readLine()).isEqualTo("asked");
        assertThat(process.waitFor()).isEqualTo(5);
        assertThat(Leftovers.with("LONGHAUL_JOB_ID=" + id)).isEmpty();
    }

    @Test
    void filesStayWithinReach(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("b"));
        for (Isolation.Kind way : ways().toList()) {
            String script =
                    "cd " + folder + " && echo x > a/f && mv a/f b/g && ln b/g a/h && rm a/h b/g && test -w /tmp";
            assertThat(run(Isolation.by(way), script)).as(way.name()).isZero();
        }
    }

    @Test
    void aToolMaySwitchIsolationOff() throws Exception {
        Process other = started(Isolation.NONE, "echo ready; exec sleep 1000");
        try {
            awaitLine(other);
            String script = "kill -0 " + other.pid() + " && echo reached || echo refused";
            assertThat(result(tool("isolated: false", script))).isEqualTo("\"reached\"");
            assertThat(result(tool("isolated: true", script))).isEqualTo("\"refused\"");
            assertThat(result(tool("", script))).isEqualTo("\"refused\"");
        } finally {
            ended(other);
        }
    }

    private static RegisteredTool tool(String setting, String script) {
        return TestTools.one("- type: command\n  name: tool\n  " + setting + "\n  command:\n  - sh\n  - -c\n  - |\n    "
                + script + " 2>/dev/null\n");
    }

    private static String result(RegisteredTool tool) throws Exception {
        return ((ToolResult.Success) new RecordedCall("{}").start(tool).await()).json();
    }

    private static BufferedReader awaitLine(Process process) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo("ready");
        return out;
    }

    private static void ended(Process process) throws Exception {
        ProcessGuard.shared().signal("KILL", process.pid());
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        process.getInputStream().close();
        process.getErrorStream().close();
    }
}
