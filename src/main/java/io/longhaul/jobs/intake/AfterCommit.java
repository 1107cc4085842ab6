package io.longhaul.jobs.intake;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends signals after a commit. A listener that misses a signal finds the change by its next poll, so a failing
 * signal must not turn a commit into an error.
 */
public final class AfterCommit {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    private AfterCommit() {}

    /** Runs the signal and logs its failure. */
    public static void tell(Runnable signal) {
        try {
            signal.run();
        } catch (RuntimeException e) {
            LOG.warn("A signal after a commit failed; its listeners find the change by polling: {}", e.getMessage());
            LOG.debug("A signal failed after a commit", e);
        }
    }
}
