package io.longhaul.tools.settings;

import java.util.ArrayList;
import java.util.List;

/** Tools are configured wrongly; each problem says what is wrong and how to cure it, fit for the console. */
public final class ToolConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 2;

    private final ArrayList<String> problems;

    /**
     * With what is wrong.
     *
     * @param message what is wrong and what cures it, one line
     */
    public ToolConfigurationException(String message) {
        this(message, null);
    }

    /**
     * With all that is wrong.
     *
     * @param problems what is wrong and what cures it, each one line; at least one
     */
    public ToolConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = new ArrayList<>(problems);
    }

    /**
     * With what is wrong and where that was noticed.
     *
     * @param message what is wrong and what cures it, one line
     * @param cause kept for debugging
     */
    public ToolConfigurationException(String message, Throwable cause) {
        super(message, cause);
        this.problems = new ArrayList<>(List.of(message));
    }

    /**
     * All that is wrong.
     *
     * @return one line each
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }
}
