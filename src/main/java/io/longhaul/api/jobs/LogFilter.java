package io.longhaul.api.jobs;

/**
 * Which lines of a log are wanted.
 *
 * @param attempt only of this attempt, or null for all
 * @param text only lines with this text, in upper or lower case; empty for all
 * @param errors only lines with a word of errors, such as error, exception, failed
 */
public record LogFilter(Integer attempt, String text, boolean errors) {
    /** Every line. */
    public static final LogFilter ALL = new LogFilter(null, "", false);

    /** True if it leaves out lines, so that finding some may take long. */
    boolean isNarrow() {
        return !equals(ALL);
    }

    /** The same for lines that look like errors. */
    public LogFilter ofErrors() {
        return new LogFilter(attempt, text, true);
    }
}
