package io.longhaul.schema.commands;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.longhaul.logging.LogFormat;
import io.longhaul.logging.StartupLogging;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import net.sourceforge.argparse4j.inf.Namespace;
import org.slf4j.LoggerFactory;

/** Output of commands: results on stdout, progress and errors on stderr, log lines only on request. */
final class CommandConsole {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("longhaul.db");

    private CommandConsole() {}

    /** True if {@code -v} or LONGHAUL_DEBUG asks for log lines and stack traces. */
    static boolean verbose(Namespace arguments) {
        String debug = System.getenv().getOrDefault("LONGHAUL_DEBUG", "");
        return Boolean.TRUE.equals(arguments.getBoolean("verbose"))
                || !(debug.isEmpty() || debug.equals("0") || debug.equals("false"));
    }

    /** Sends log lines from WARN up to stderr, or drops them: stdout carries the SQL of a dry run. */
    static void quietLogs(boolean verbose) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            root.setLevel(verbose ? Level.WARN : Level.OFF);
            StartupLogging.onStderr(context);
            if (LogFormat.current() == LogFormat.JSON) {
                context.getLogger("longhaul").setLevel(Level.INFO);
            }
        }
    }

    /** Prints one line of progress, or logs it where the log is JSON. */
    @SuppressWarnings("SystemOut")
    static void progress(String line) {
        if (LogFormat.current() == LogFormat.JSON) {
            LOG.info("{}", line);
        } else {
            System.err.println(line);
        }
    }

    /** Prints one line of the result. */
    @SuppressWarnings("SystemOut")
    static void result(String line) {
        System.out.println(line);
    }

    /** A command of Dropwizard's that takes standard output for itself, and closes it: what is printed later would get lost. */
    @SuppressWarnings("SystemOut")
    static <T> T keptOpen(Supplier<T> command) {
        PrintStream out = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void close() {
                flush();
            }
        });
        try {
            return command.get();
        } finally {
            System.setOut(out);
        }
    }

    /** Prints the result as indented JSON. */
    static void json(Map<String, Object> result) throws JsonProcessingException {
        result(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result));
    }

    /** A number with its noun, such as {@code 1 changeset} or {@code 3 changesets}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
