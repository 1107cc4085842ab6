package io.longhaul.api.errors;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers to what is committed already: nothing that fails from then on may make an error of them. */
public final class Committed {
    private static final Logger LOG = LoggerFactory.getLogger(Committed.class);

    private Committed() {}

    /** An answer that would be misread if a member of it were left out. */
    public interface Partial {
        /** What to answer with status 202 if a member cannot be written. */
        Object withoutResult();
    }

    /**
     * Makes an answer.
     *
     * @param full what is to be answered
     * @param plain what can be said without anything that may have failed
     */
    public static <T> T answer(Supplier<T> full, Supplier<T> plain) {
        try {
            return full.get();
        } catch (RuntimeException e) {
            LOG.warn("What was asked for is stored; what comes after that failed: {}", e.getMessage());
            LOG.debug("What came after a commit failed", e);
            return plain.get();
        }
    }

    /** Does what comes after a commit and is not part of the answer. */
    public static void afterwards(Runnable work) {
        answer(
                () -> {
                    work.run();
                    return true;
                },
                () -> false);
    }
}
