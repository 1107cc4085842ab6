package io.longhaul.testing;

import java.util.Map;

/**
 * A command of the packaged jar that has ended.
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
}
