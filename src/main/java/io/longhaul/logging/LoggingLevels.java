package io.longhaul.logging;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import java.util.Locale;
import java.util.Set;

/** The levels that a configuration may name. Logback would take any other word as DEBUG, and log a lot. */
final class LoggingLevels {
    private static final Set<String> ALL = Set.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL");

    private LoggingLevels() {}

    static void check(LoggingFactory configured) {
        if (configured instanceof DefaultLoggingFactory logging) {
            check("logging.level", logging.getLevel());
            logging.getLoggers().forEach((name, logger) -> check("logging.loggers." + name, level(logger)));
        }
    }

    private static String level(JsonNode logger) {
        JsonNode level = logger.isObject() ? logger.path("level") : logger;
        return level.isMissingNode() ? "INFO" : level.asText();
    }

    private static void check(String place, String level) {
        // YAML reads an OFF without quotes as false.
        boolean known = level == null
                || level.equals("false")
                || ALL.contains(level.strip().toUpperCase(Locale.ROOT));
        if (!known) {
            throw new IllegalArgumentException(
                    place + " is '" + level + "': write OFF, ERROR, WARN, INFO, DEBUG, TRACE, or ALL");
        }
    }
}
