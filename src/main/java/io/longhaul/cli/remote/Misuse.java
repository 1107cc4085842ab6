package io.longhaul.cli.remote;

/** The arguments make no sense together, or name something that cannot be read; the message says what is possible. */
final class Misuse extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Misuse(String message) {
        super(message);
    }
}
