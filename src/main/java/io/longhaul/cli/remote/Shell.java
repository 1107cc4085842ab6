package io.longhaul.cli.remote;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What surrounds a command: its environment and streams.
 *
 * @param environment variables
 * @param in standard input
 * @param out for data
 * @param err for everything else
 * @param ansi whether there are colours; none in a pipe or with {@code NO_COLOR}
 * @param terminals which of the streams are terminals
 * @param watch decides whether a watched view is shown again
 */
record Shell(
        Map<String, String> environment,
        InputStream in,
        Printer out,
        PrintStream err,
        Ansi ansi,
        Terminals terminals,
        Watch watch) {
    Shell(
            Map<String, String> environment,
            InputStream in,
            OutputStream out,
            PrintStream err,
            Ansi ansi,
            Terminals terminals,
            Watch watch) {
        this(environment, in, new Printer(out), err, ansi, terminals, watch);
    }

    /** Waits between two views of a watched thing. */
    @FunctionalInterface
    interface Watch {
        /** Waits; false if nothing is to be shown again. */
        boolean again(int seconds);

        /** Until somebody ends the process. */
        Watch UNTIL_INTERRUPTED = seconds -> {
            try {
                Thread.sleep(seconds * 1_000L);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        };
    }

    /** The reader of standard output has closed it. */
    static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Prints a line of data. */
    void print(String line) {
        out.println(line);
        out.settle();
    }

    /** Prints a line that is not data. */
    void say(String line) {
        err.println(line);
    }
}
