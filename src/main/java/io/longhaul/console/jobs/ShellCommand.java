package io.longhaul.console.jobs;

import io.longhaul.environment.Program;

/** A command of the command line, word by word. */
final class ShellCommand implements CharSequence {
    private final StringBuilder words;

    ShellCommand(String command) {
        this.words = new StringBuilder(command);
    }

    /** Adds an operand. */
    ShellCommand with(String operand) {
        words.append(' ').append(Program.quoted(operand));
        return this;
    }

    /** Adds an option that has no value. */
    ShellCommand with(String option, boolean wanted) {
        words.append(wanted ? " " + option : "");
        return this;
    }

    /** Adds an option, unless its value is null. A value that begins as an option does stays a value. */
    ShellCommand with(String option, Object value) {
        if (value != null) {
            String text = value.toString();
            words.append(' ')
                    .append(option)
                    .append(text.startsWith("-") ? '=' : ' ')
                    .append(Program.quoted(text));
        }
        return this;
    }

    @Override
    public int length() {
        return words.length();
    }

    @Override
    public char charAt(int index) {
        return words.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return words.subSequence(start, end);
    }

    @Override
    public String toString() {
        return words.toString();
    }
}
