package io.longhaul.tools;

/** A tool's configuration is wrong; the message says what and how to cure it, fit for the console. */
public final class ToolConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * With what is wrong.
     *
     * @param message what is wrong and what cures it, one line
     */
    public ToolConfigurationException(String message) {
        super(message);
    }

    /**
     * With what is wrong and where that was noticed.
     *
     * @param message what is wrong and what cures it, one line
     * @param cause kept for debugging
     */
    public ToolConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
