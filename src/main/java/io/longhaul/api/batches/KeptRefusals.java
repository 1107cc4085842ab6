package io.longhaul.api.batches;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import java.util.List;

/**
 * What is told of the wrong jobs of a large request, which is held until the last of them was read. A short job can be wrong
 * in a hundred places, with a sentence for each: once there is much to tell, only the reason of each rejection is.
 */
final class KeptRefusals {
    private static final long MOST_CHARS = 32 << 20;
    private static final int LONGEST_MESSAGE = 300;

    private long left;

    KeptRefusals() {
        this(MOST_CHARS);
    }

    /** Keeps the errors and warnings of the first jobs, up to so many characters. */
    KeptRefusals(long mostChars) {
        this.left = mostChars;
    }

    /** The refusal, or a short one without its errors. */
    Refusal kept(Refusal refusal) {
        String message = refusal.message();
        if (fits(message.length() + chars(refusal.errors()))) {
            return refusal;
        }
        String cut = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message;
        return Refusal.of(refusal.code(), cut, refusal.tool(), List.of()).of(refusal.backlog());
    }

    /** The warnings, or none. */
    List<FieldError> keptWarnings(List<FieldError> warnings) {
        return fits(chars(warnings)) ? warnings : List.of();
    }

    private static long chars(List<FieldError> errors) {
        return errors.stream()
                .mapToLong(error -> error.pointer().length() + error.message().length())
                .sum();
    }

    private boolean fits(long chars) {
        boolean fits = chars <= left;
        left -= fits ? chars : 0;
        return fits;
    }
}
