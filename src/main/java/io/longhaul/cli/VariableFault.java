package io.longhaul.cli;

import io.dropwizard.configuration.ConfigurationException;
import io.longhaul.environment.Variables;
import java.util.List;
import java.util.stream.Stream;

/** A configuration is wrong because of the value of an environment variable, which the message names. */
final class VariableFault extends ConfigurationException {
    private static final long serialVersionUID = 1L;

    private static final String COMMENT =
            " It contains ' #': in env files of Docker and systemd, a comment after a value is part of the value.";

    /**
     * The fault as the configuration shows it, and where the value is from. The value itself may be a secret.
     *
     * @param path of the configuration
     * @param name of the variable
     * @param value of the variable
     * @param shown what was found wrong
     */
    VariableFault(String path, String name, String value, ConfigurationException shown) {
        super(path, errors(name, value, shown));
        initCause(shown);
    }

    /**
     * The value of a variable is no text.
     *
     * @param path of the configuration
     */
    VariableFault(String path, Variables.NoTextException fault) {
        super(path, List.of(fault.getMessage()));
        initCause(fault);
    }

    private static List<String> errors(String name, String value, ConfigurationException shown) {
        String where = "The value is that of the variable " + name + ": correct it there, or unset it."
                + (value.contains(" #") ? COMMENT : "");
        return Stream.concat(shown.getErrors().stream(), Stream.of(where)).toList();
    }
}
