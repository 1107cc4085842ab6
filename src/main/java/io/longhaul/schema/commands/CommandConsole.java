package io.longhaul.schema.commands;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;
import net.sourceforge.argparse4j.inf.Namespace;
import org.slf4j.LoggerFactory;

/** Output of commands: results on stdout, progress and errors on stderr, log lines only on request. */
final class CommandConsole {
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
            root.detachAndStopAllAppenders();
            root.setLevel(verbose ? Level.WARN : Level.OFF);
            root.addAppender(stderr(context));
        }
    }

    /** Prints one line of progress. */
    @SuppressWarnings("SystemOut")
    static void progress(String line) {
        System.err.println(line);
    }

    /** Prints one line of the result. */
    @SuppressWarnings("SystemOut")
    static void result(String line) {
        System.out.println(line);
    }

    /** Prints the result as indented JSON. */
    static void json(Map<String, Object> result) throws JsonProcessingException {
        result(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result));
    }

    /** A number with its noun, such as {@code 1 changeset} or {@code 3 changesets}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%-5level %logger{20}: %msg%n%ex{full}");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
