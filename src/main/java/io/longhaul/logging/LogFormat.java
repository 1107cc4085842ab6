package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Context;
import com.fasterxml.jackson.annotation.JsonCreator;
import org.slf4j.LoggerFactory;

/** How log lines are written. */
public enum LogFormat {
    /** Lines for people. */
    TEXT,
    /** One JSON object a line, for programs. */
    JSON;

    /** The variable that chooses a format before the configuration is read, and in the bundled configuration. */
    static final String VARIABLE = "LONGHAUL_LOG_FORMAT";

    /** Reads a setting; nothing means text. */
    @JsonCreator
    static LogFormat of(String text) {
        if (text == null || text.isBlank()) {
            return TEXT;
        }
        for (LogFormat format : values()) {
            if (format.name().equalsIgnoreCase(text.strip())) {
                return format;
            }
        }
        throw new IllegalArgumentException("the log format is \"" + text + "\": write text or json");
    }

    /** The format of the environment; one that does not exist is refused with the configuration. */
    static LogFormat ofEnvironment() {
        return JSON.name().equalsIgnoreCase(System.getenv(VARIABLE)) ? JSON : TEXT;
    }

    /** The format in which this process logs now. */
    public static LogFormat current() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                        && context.getObject(VARIABLE) instanceof LogFormat format
                ? format
                : TEXT;
    }

    void setCurrentOf(Context context) {
        context.putObject(VARIABLE, this);
    }
}
