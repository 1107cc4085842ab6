package io.longhaul.tools.childprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs are started as by a shell, and inherit nothing of the server. */
final class ProgramStartTest {
    private static final Map<String, String> PATH = Map.of("PATH", Environment.PATH_OF_SYSTEM);

    private static ProgramStart start(String... command) {
        return new ProgramStart(List.of(command), PATH, Path.of("/"), false, true);
    }

    private static String output(ProgramStart start) throws Exception {
        Process process = start.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.getErrorStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return output;
    }

    @Test
    void itHasItsThreeStreamsAndNoOtherDescriptor() throws Exception {
        // The fourth descriptor is that of the listed folder.
        assertThat(output(start("/bin/ls", "/proc/self/fd")).lines()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void itIsTheLeaderOfItsSessionWithoutATerminal() throws Exception {
        String[] stat = output(start("/bin/cat", "/proc/self/stat")).split(" ");
        assertThat(stat[4]).isEqualTo(stat[0]);
        assertThat(stat[5]).isEqualTo(stat[0]);
        assertThat(stat[6]).isEqualTo("0");
    }

    @Test
    void noSignalIsIgnoredOrHeld() throws Exception {
        assertThat(output(start("/bin/sh", "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status"))
                        .lines()
                        .map(line -> line.replaceAll(".*\\s", "")))
                .containsExactly("0000000000000000", "0000000000000000");
    }

    @Test
    void argumentsAndVariablesArriveAsTheyAre() throws Exception {
        ProgramStart start = new ProgramStart(
                List.of("/bin/sh", "-c", "printf '%s|' \"$@\"; echo \"$A\"; pwd", "x", "a b", "", "ä漢😀", "$HOME\n*"),
                Map.of("A", "1=2 ü"),
                Path.of("/usr/bin"),
                false,
                true);
        assertThat(output(start)).isEqualTo("a b||ä漢😀|$HOME\n*|1=2 ü\n/usr/bin\n");
    }

    @Test
    void outputIsReadUntilTheLastWriterEnds() throws Exception {
        // The command itself has ended long before, and its end was noticed.
        Process process =
                start("/bin/sh", "-c", "(sleep 0.3; echo late) & echo early").start();
        process.waitFor();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("early\nlate\n");
        process.getErrorStream().close();
    }

    @Test
    void aScriptWithoutAnInterpreterIsRunByTheShell(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "echo ran $1\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(output(start(script.toString(), "well"))).isEqualTo("ran well\n");
    }

    @Test
    void aFailedStartReportsTheSystemsError(@TempDir Path folder) throws Exception {
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        assertThatThrownBy(() -> start("/no/such").start()).hasMessageContaining("error=2");
        assertThatThrownBy(() -> start(plain.toString()).start()).hasMessageContaining("error=13");
        assertThatThrownBy(() -> start("/bin/echo", "x".repeat(200_000)).start())
                .hasMessageContaining("error=7,");
        assertThatThrownBy(() -> start("/bin/echo", "a\0b").start()).hasMessageContaining("NUL");
        assertThatThrownBy(
                        () -> new ProgramStart(List.of("/bin/true"), PATH, folder.resolve("gone"), false, true).start())
                .isInstanceOf(IOException.class);
    }

    @Test
    void inputsOfAnySizeArriveInTheirOrder() throws Exception {
        ProgramStart cat = new ProgramStart(List.of("/bin/cat"), PATH, Path.of("/"), true, true);
        for (RunningProgram program : List.of(cat.run(), new StreamedProgram(cat.startByJava()))) {
            List<String> lines = new CopyOnWriteArrayList<>();
            program.feed("first\n".getBytes(StandardCharsets.UTF_8), false);
            program.feed("x".repeat(200_000).concat("\n").getBytes(StandardCharsets.UTF_8), false);
            program.feed("last".getBytes(StandardCharsets.UTF_8), true);
            program.read(lines(lines), lines(new CopyOnWriteArrayList<>()), error -> {});
            program.exit().get(10, TimeUnit.SECONDS);
            program.outputEnd().get(10, TimeUnit.SECONDS);
            assertThat(lines).containsExactly("first", "x".repeat(200_000), "last");
            assertThat(program.exitValue()).isZero();
        }
    }

    @Test
    void aProgramThatDoesNotReadItsInputIsNoProblem() throws Exception {
        ProgramStart deaf =
                new ProgramStart(List.of("/bin/sh", "-c", "exec <&-; exit 3"), PATH, Path.of("/"), true, true);
        for (RunningProgram program : List.of(deaf.run(), new StreamedProgram(deaf.startByJava()))) {
            program.read(lines(new CopyOnWriteArrayList<>()), lines(new CopyOnWriteArrayList<>()), error -> {});
            program.exit().get(10, TimeUnit.SECONDS);
            program.feed(new byte[10], false);
            program.feed(new byte[200_000], true);
            program.endInput();
            program.outputEnd().get(10, TimeUnit.SECONDS);
            assertThat(program.exitValue()).isEqualTo(3);
        }
    }

    static Stream<Throwable> failures() {
        return Stream.of(new IllegalStateException("full"), new OutOfMemoryError("full"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aLineThatCannotBeTakenEndsTheReadingAndNotTheWait(Throwable failure) throws Exception {
        ProgramStart start = start("/bin/sh", "-c", "echo line; exit 4");
        for (RunningProgram program : List.of(start.run(), new StreamedProgram(start.startByJava()))) {
            CompletableFuture<Throwable> broken = new CompletableFuture<>();
            program.read(refusing(failure), lines(new CopyOnWriteArrayList<>()), broken::complete);
            assertThat(broken.get(10, TimeUnit.SECONDS)).isSameAs(failure);
            program.exit().get(10, TimeUnit.SECONDS);
            assertThat(program.exitValue()).isEqualTo(4);
            assertThatThrownBy(() -> program.outputEnd().get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void theEndIsNotedAlthoughTheReadingBrokeAltogether() throws Exception {
        RunningProgram program = start("/bin/sh", "-c", "echo line; exit 4").run();
        program.read(refusing(new OutOfMemoryError("first")), lines(new CopyOnWriteArrayList<>()), why -> {
            throw new OutOfMemoryError("second");
        });
        program.exit().get(10, TimeUnit.SECONDS);
        assertThat(program.exitValue()).isEqualTo(4);
        assertThat(program.outputEnd()).isCompletedExceptionally();
    }

    private static final Executor NO_THREAD = task -> {
        throw new OutOfMemoryError("unable to create native thread");
    };

    @Test
    void aProgramWhoseInputFindsNoThreadIsNotWaitedFor() throws Exception {
        ProgramStart cat = new ProgramStart(List.of("/bin/cat"), PATH, Path.of("/"), true, true);
        for (Function<Executor, RunningProgram> kind : kinds(cat)) {
            AtomicBoolean noMore = new AtomicBoolean();
            RunningProgram program = kind.apply(task -> (noMore.get() ? NO_THREAD : ProgramThreads.ALL).execute(task));
            CompletableFuture<Throwable> broken = new CompletableFuture<>();
            program.read(lines(new CopyOnWriteArrayList<>()), lines(new CopyOnWriteArrayList<>()), broken::complete);
            noMore.set(true);
            program.feed(new byte[200_000], true);
            assertThat(broken.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(UnfedException.class)
                    .hasMessageContaining("unable to create native thread");
            program.exit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aProgramWhoseOutputFindsNoThreadLeavesNothingBehind() throws Exception {
        ProgramStart cat = new ProgramStart(List.of("/bin/cat"), PATH, Path.of("/"), true, true);
        for (Function<Executor, RunningProgram> kind : kinds(cat)) {
            long before = descriptors();
            RunningProgram program = kind.apply(NO_THREAD);
            LineReader none = lines(new CopyOnWriteArrayList<>());
            assertThatThrownBy(() -> program.read(none, none, error -> {})).isInstanceOf(OutOfMemoryError.class);
            program.exit().get(10, TimeUnit.SECONDS);
            assertThat(program.exitValue()).isEqualTo(128 + 9);
            program.endInput();
            assertThat(Path.of("/proc", Long.toString(program.pid()))).doesNotExist();
            assertThat(descriptors()).isLessThanOrEqualTo(before);
        }
    }

    private static List<Function<Executor, RunningProgram>> kinds(ProgramStart start) {
        return List.of(
                threads -> new PolledProgram(unchecked(() -> NativeStart.start(start, null, false)), threads),
                threads -> new StreamedProgram(unchecked(start::startByJava), threads));
    }

    private static <T> T unchecked(Callable<T> start) {
        try {
            return start.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static LineReader refusing(Throwable failure) {
        return new LineReader(100, (line, cut) -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        });
    }

    @Test
    void oneThreadWaitsForAProgramAndItsOutput() throws Exception {
        RunningProgram program =
                start("/bin/sh", "-c", "echo begun; exec sleep 1000").run();
        CompletableFuture<String> begun = new CompletableFuture<>();
        LineReader output =
                new LineReader(100, (line, cut) -> begun.complete(new String(line, StandardCharsets.UTF_8)));
        program.read(output, lines(new CopyOnWriteArrayList<>()), error -> {});
        assertThat(begun.get(10, TimeUnit.SECONDS)).isEqualTo("begun");
        assertThat(Thread.getAllStackTraces().values().stream()
                        .filter(stack -> Arrays.stream(stack)
                                .anyMatch(frame ->
                                        frame.getClassName().matches(".*(Polled|Streamed)Program|.*NativeProcess"))))
                .hasSize(1);
        program.handle().destroyForcibly();
        program.exit().get(10, TimeUnit.SECONDS);
        assertThat(program.exitValue()).isEqualTo(128 + 9);
    }

    private static LineReader lines(List<String> lines) {
        return new LineReader(1_000_000, (line, cut) -> lines.add(new String(line, StandardCharsets.UTF_8)));
    }

    @RepeatedTest(3)
    void noDescriptorStaysOpen(@TempDir Path folder) throws Exception {
        start("/bin/true").start().waitFor();
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            ProgramStart fed = new ProgramStart(List.of("/bin/cat"), PATH, folder, true, i % 2 == 0);
            Process process = fed.start();
            process.getOutputStream().write('x');
            process.getOutputStream().close();
            assertThat(process.getInputStream().readAllBytes()).hasSize(1);
            process.getInputStream().close();
            process.getErrorStream().close();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> start("/no/such").start()).isInstanceOf(IOException.class);
            RunningProgram program = fed.run();
            program.read(lines(new CopyOnWriteArrayList<>()), lines(new CopyOnWriteArrayList<>()), error -> {});
            program.feed(new byte[10], i % 2 == 0);
            program.endInput();
            program.exit().get(10, TimeUnit.SECONDS);
            program.outputEnd().get(10, TimeUnit.SECONDS);
            assertThatThrownBy(() -> start("/no/such").run()).isInstanceOf(IOException.class);
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    private static long descriptors() throws IOException, TimeoutException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
