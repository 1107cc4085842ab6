package io.longhaul.api.errors;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers after a commit: a later failure must not turn them into errors. */
public final class Committed {
    private static final Logger LOG = LoggerFactory.getLogger(Committed.class);

    private Committed() {}

    /** An answer that clients would misread if a member were left out. */
    public interface Partial {
        /** The answer, with status 202, if a member cannot be written. */
        Object withoutResult();
    }

    /**
     * Makes an answer after a commit.
     *
     * @param full the normal answer
     * @param plain the answer if that one fails
     */
    public static <T> T answer(Supplier<T> full, Supplier<T> plain) {
        try {
            return full.get();
        } catch (RuntimeException e) {
            LOG.warn("The change is committed; work after it failed: {}", e.getMessage());
            LOG.debug("Work after a commit failed", e);
            return plain.get();
        }
    }

    /** Runs work that follows a commit and is not part of the answer. */
    public static void afterwards(Runnable work) {
        answer(
                () -> {
                    work.run();
                    return true;
                },
                () -> false);
    }
}
