package io.longhaul.logging;

/** Stands for an exception in the log, without the secrets in its text and in those of its causes. */
final class ScrubbedThrowable extends Throwable {
    private static final long serialVersionUID = 1L;

    /** A chain of causes may be long, or circular. */
    private static final int DEEPEST = 20;

    private final String text;

    private ScrubbedThrowable(String text, Throwable cause) {
        super(text, cause, true, true);
        this.text = text;
    }

    /** The same object if it contains no secret. */
    static Throwable of(Throwable failure, LoggedSecrets secrets) {
        return failure == null || !hasSecret(failure, secrets, 0) ? failure : copy(failure, secrets, 0);
    }

    private static boolean hasSecret(Throwable failure, LoggedSecrets secrets, int depth) {
        if (failure == null || depth > DEEPEST) {
            return false;
        }
        String text = String.valueOf(failure);
        boolean own = !secrets.without(text).equals(text);
        if (own || hasSecret(failure.getCause(), secrets, depth + 1)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (hasSecret(suppressed, secrets, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static ScrubbedThrowable copy(Throwable failure, LoggedSecrets secrets, int depth) {
        boolean more = failure.getCause() != null && depth < DEEPEST;
        ScrubbedThrowable copy = new ScrubbedThrowable(
                secrets.without(String.valueOf(failure)), more ? copy(failure.getCause(), secrets, depth + 1) : null);
        copy.setStackTrace(failure.getStackTrace());
        if (depth < DEEPEST) {
            for (Throwable suppressed : failure.getSuppressed()) {
                copy.addSuppressed(copy(suppressed, secrets, depth + 1));
            }
        }
        return copy;
    }

    // The text begins with the class of the original exception.
    @SuppressWarnings("OverrideThrowableToString")
    @Override
    public String toString() {
        return text;
    }
}
