package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.childprocess.ProgramStart;
import io.longhaul.tools.childprocess.RunningProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunningCommandTest {
    private static final String ID = CallProcesses.newId();

    /** More than is read at once, and no more than a pipe holds. */
    private static final String OUTPUT = "echo first; head -c 60000 /dev/zero | tr '\\0' x; echo; echo last";

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);

    /** Lets the slow line be taken when the end of the output is asked for the third time: after both waits. */
    private record Patient(RunningProgram program, CountDownLatch slow, AtomicInteger asked) implements RunningProgram {
        @Override
        public CompletableFuture<?> outputEnd() {
            if (asked.incrementAndGet() == 3) {
                slow.countDown();
            }
            return program.outputEnd();
        }

        @Override
        public void read(LineReader output, LineReader errors, Consumer<Throwable> onBroken) {
            program.read(output, errors, onBroken);
        }

        @Override
        public long pid() {
            return program.pid();
        }

        @Override
        public ProcessHandle handle() {
            return program.handle();
        }

        @Override
        public void feed(byte[] bytes, boolean last) {
            program.feed(bytes, last);
        }

        @Override
        public void endInput() {
            program.endInput();
        }

        @Override
        public void discard() {
            program.discard();
        }

        @Override
        public CompletableFuture<?> exit() {
            return program.exit();
        }

        @Override
        public int exitValue() {
            return program.exitValue();
        }

        @Override
        public Duration processorTime() {
            return program.processorTime();
        }
    }

    /** The reader notices the end between the first line and the second one, which is slow. */
    private void take(RunningProgram program, byte[] line) {
        try {
            while (lines.isEmpty() && isRunning(program)) {
                Thread.onSpinWait();
            }
            if (!lines.isEmpty()) {
                slow.await();
            }
        } catch (InterruptedException | IOException e) {
            throw new AssertionError(e);
        }
        lines.add(new String(line, StandardCharsets.UTF_8));
    }

    private static boolean isRunning(RunningProgram program) throws IOException {
        return !Files.readString(Path.of("/proc", Long.toString(program.pid()), "stat"))
                .contains(") Z ");
    }

    /** Leaves a process that has neither the mark of its call nor its session, and says its number. */
    private static String leaving(String writes) {
        return "env -i setsid /bin/sh -c '" + writes + "' & "
                + "until [ \"$(cut -d ' ' -f 6 /proc/$!/stat)\" = $! ]; do :; done; echo survivor $!";
    }

    private static RunningProgram start(String script) throws IOException {
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "LONGHAUL_CALL", ID);
        return new ProgramStart(List.of("/bin/sh", "-c", script), environment, Path.of("/"), false, false).run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"while echo tick; do sleep 0.1; done", "exec yes"})
    void aProcessThatSurvivesTheKillAndGoesOnToWriteIsNotWaitedFor(String writes) throws Exception {
        RunningProgram program = start(leaving(writes));
        LineReader.LineSink sink = (line, cut) -> {
            String text = new String(line, StandardCharsets.UTF_8);
            if (text.startsWith("survivor ")) {
                lines.add(text.substring("survivor ".length()));
            }
        };
        try (RunningCommand command = new RunningCommand(program, CallProcesses.of(program, ID))) {
            command.read(new LineReader(100, sink), new LineReader(100, (line, cut) -> {}), failure -> {});
            command.exit().join();
            assertThat(command.drain()).isZero();
            assertThat(program.outputEnd()).isNotDone();
        } finally {
            lines.forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
        }
        assertThat(lines).hasSize(1);
    }

    @Test
    void outputIsReadToItsEndAlsoIfItIsTakenSlowly() throws Exception {
        RunningProgram program = start(OUTPUT);
        try (RunningCommand command =
                new RunningCommand(new Patient(program, slow, new AtomicInteger()), CallProcesses.of(program, ID))) {
            command.read(
                    new LineReader(100_000, (line, cut) -> take(program, line)),
                    new LineReader(100, (line, cut) -> {}),
                    failure -> {});
            command.exit().join();
            assertThat(command.drain()).isZero();
        }
        assertThat(lines).hasSize(3).endsWith("last");
    }
}
