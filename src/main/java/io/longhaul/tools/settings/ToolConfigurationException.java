package io.longhaul.tools.settings;

import java.util.ArrayList;
import java.util.List;

/** Tools are configured wrongly; each problem is a line for the console that says what is wrong and how to cure it. */
public final class ToolConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 2;

    private final ArrayList<String> problems;

    /**
     * A single problem.
     *
     * @param message the problem and its cure, one line
     */
    public ToolConfigurationException(String message) {
        this(message, null);
    }

    /**
     * Several problems.
     *
     * @param problems each with its cure, one line; at least one
     */
    public ToolConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = new ArrayList<>(problems);
    }

    /**
     * A single problem with its cause.
     *
     * @param message the problem and its cure, one line
     */
    public ToolConfigurationException(String message, Throwable cause) {
        super(message, cause);
        this.problems = new ArrayList<>(List.of(message));
    }

    public List<String> problems() {
        return List.copyOf(problems);
    }
}
