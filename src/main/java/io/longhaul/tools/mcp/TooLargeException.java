package io.longhaul.tools.mcp;

/** A message is larger than taken. */
final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1;

    TooLargeException(int most) {
        super(
                "The server's answer is larger than the %d bytes taken: ask for less, or raise max_response."
                        .formatted(most),
                null,
                false,
                false);
    }
}
