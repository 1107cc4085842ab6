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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No process of a command outlives its call. */
final class ProcessesTest {
    @Test
    void aProgramThatIgnoresTheRequestToStopIsKilledAfterTheGraceTime() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell(
                        "trap '' TERM; (trap '' TERM; sleep 1000) & echo started >&2; sleep 1000; sleep 1000", "1s"))
                .awaitFirstLine();
        long start = System.nanoTime();
        call.cancel();
        call.awaitEnd();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
        assertThat(Leftovers.of(call)).isEmpty();
    }

    @Test
    void aProgramThatCleansUpWhenAskedMayFinish() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell(
                        "trap 'echo cleaned >&2; exit' TERM; echo started >&2; while :; do sleep 0.05; done", "5s"))
                .awaitFirstLine();
        call.runActions();
        call.awaitEnd();
        assertThat(call.lines()).contains("cleaned");
    }

    @Test
    void theCallEndsWithTheCommandAlthoughADescendantHoldsItsOutput() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(shell("sleep 1000 & echo ok", "5s"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("\"ok\""));
        assertThat(Leftovers.of(call)).isEmpty();
    }

    @Test
    void aDescendantInItsOwnSessionCannotDelayTheCall() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(shell("(setsid sleep 1000 &) ; echo ok", "5s"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("\"ok\""));
        assertThat(Leftovers.of(call)).isEmpty();
    }

    @Test
    void silentProcessesLeftByACommandAreEnded() throws Exception {
        RecordedCall call = new RecordedCall("{}").start(shell("sleep 1000 >/dev/null 2>&1 & echo ok", "5s"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("\"ok\""));
        await(() -> Leftovers.of(call).isEmpty());
    }

    @Test
    void aDaemonIsEndedWhenTheCommandHasEndedWell() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell("(setsid sh -c 'sleep 1000 & sleep 1000' </dev/null >/dev/null 2>&1 &); echo ok", "5s"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("\"ok\""));
        await(() -> Leftovers.of(call).isEmpty());
    }

    @Test
    void aDescendantMayFinishWritingAfterTheCommand() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell("(while kill -0 $$ 2>&-; do :; done; echo late) & echo early", "5s"));
        assertThat(call.await()).isEqualTo(new ToolResult.Success("\"early\\nlate\""));
    }

    @RepeatedTest(10)
    void aCancelAtAnyMomentOfTheStartLeavesNothing() throws Exception {
        RegisteredTool tool = shell("sleep 1000 & setsid sleep 1000 & (sleep 1000 & sleep 1000) & wait", "5s");
        RecordedCall call = new RecordedCall("{}").start(tool);
        await(() -> !Leftovers.of(call).isEmpty());
        call.cancel();
        call.awaitEnd();
        assertThat(Leftovers.of(call)).isEmpty();
    }

    @Test
    void aProcessThatLeavesTheGroupTooEarlyIsAskedAgain(@TempDir Path folder) throws Exception {
        Path flag = folder.resolve("go");
        ProcessGuard guard = new ProcessGuard(false);
        Process leader =
                marked("leaver", "(until [ -e " + flag + " ]; do :; done; exec setsid sleep 1000) & echo $!; wait");
        CallProcesses all = new CallProcesses(leader.pid(), leader::toHandle, "leaver", guard);
        String child = leader.inputReader().readLine();
        send("STOP", guard.shell());
        Thread stopping = new Thread(() -> all.stop(Duration.ofMinutes(1)));
        stopping.start();
        await(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        Files.createFile(flag);
        await(() -> !group(child).equals(Long.toString(leader.pid())));
        send("CONT", guard.shell());
        stopping.join(10_000);
        assertThat(stopping.isAlive()).isFalse();
        guard.shell().destroyForcibly();
    }

    @Test
    void aGuardThatWasKilledIsReplaced() throws Exception {
        new RecordedCall("{}").start(shell("echo ok", "5s")).await();
        ProcessHandle first = ProcessGuard.shared().shell();
        first.destroyForcibly();
        first.onExit().get(5, TimeUnit.SECONDS);
        cancelOne();
        assertThat(ProcessGuard.shared().shell().pid()).isNotEqualTo(first.pid());
    }

    private static void cancelOne() throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell("sleep 1000 & echo started >&2; wait", "5s"))
                .awaitFirstLine();
        call.cancel();
        call.awaitEnd();
        assertThat(Leftovers.of(call)).isEmpty();
    }

    @Test
    void aServerThatIsKilledTakesItsCommandsAlong() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProcessesTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
            String mark = "LONGHAUL_JOB_ID=" + out.readLine();
            assertThat(Leftovers.with(mark)).hasSizeGreaterThanOrEqualTo(3);
            ProcessHandle unmarked =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            server.destroyForcibly().waitFor();
            await(() -> Leftovers.with(mark).isEmpty() && !unmarked.isAlive());
        } finally {
            server.destroyForcibly();
        }
    }

    /** A server with a running command; prints its job's id and keeps running. */
    public static void main(String[] args) throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(shell(
                        "sleep 1000 & (setsid sleep 1000 </dev/null >/dev/null 2>&1 &); env -i sleep 1000 & echo $! >&2; wait",
                        "5s"))
                .awaitFirstLine();
        System.out.println(call.jobId());
        System.out.println(call.lines().get(0));
        call.await();
    }

    private static Process marked(String call, String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Setsid.command(List.of("/bin/sh", "-c", script)));
        builder.environment().put(Environment.CALL, call);
        return builder.start();
    }

    private static void send(String signal, ProcessHandle to) throws Exception {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + to.pid())
                .start()
                .waitFor();
    }

    private static String group(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[2];
        } catch (IOException e) {
            return "none";
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static RegisteredTool shell(String script, String grace) {
        return TestTools.one("- type: command\n  name: tool\n  grace: " + grace
                + "\n  command:\n  - sh\n  - -c\n  - |\n    " + script + "\n");
    }
}
