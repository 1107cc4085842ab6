package io.longhaul.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that has ended, of the packaged jar or any other.
 *
 * @param exitCode what the process exited with
 * @param out what it printed
 * @param err what it complained of
 */
public record CommandRun(int exitCode, String out, String err) {
    /**
     * Runs a command to its end.
     *
     * @param environment see {@link NodeProcess#database}
     * @param arguments such as {@code db migrate config.yml}
     * @return what came of it
     */
    public static CommandRun of(Map<String, String> environment, String... arguments) {
        return of(JarProcess.start(name(arguments), environment, arguments));
    }

    /** Arguments may be paths. */
    private static String name(String... arguments) {
        return String.join("-", arguments).replace('/', '_');
    }

    /**
     * Waits for the end of a command that was started before.
     *
     * @param process the command
     * @return what came of it
     */
    public static CommandRun of(JarProcess process) {
        int exitCode = process.awaitExit(Await.LONG);
        return new CommandRun(exitCode, process.out(), process.err());
    }

    /**
     * Runs any other program to its end.
     *
     * @param output a folder in which its output is kept until it has ended
     * @param environment more variables; none that configures Java is passed on
     * @param command the program and its arguments
     * @return what came of it
     * @throws IOException if there is no such program
     */
    public static CommandRun program(Path output, Map<String, String> environment, String... command)
            throws IOException {
        Path out = output.resolve("out");
        Path err = output.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("NODE_NO_WARNINGS", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(String.join(" ", command) + " does not end: " + Files.readString(err));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /**
     * Whether a program that a test needs is there. It is said where not.
     *
     * @param output as for {@link #program}
     * @param command one that succeeds where the program is there
     * @return false if the test cannot run
     */
    public static boolean isThere(Path output, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            if (program(output, Map.of(), command).exitCode() == 0) {
                return true;
            }
        } catch (IOException e) {
            words.add("(" + e.getMessage() + ")");
        }
        System.out.println("NOT RUN: the test that needs " + String.join(" ", words));
        return false;
    }
}
