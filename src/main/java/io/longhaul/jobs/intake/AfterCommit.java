package io.longhaul.jobs.intake;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told once something is committed. Whoever is not told looks by itself a little later, and so nothing of this may
 * turn what is committed into an error.
 */
public final class AfterCommit {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.jobs");

    private AfterCommit() {}

    /**
     * Tells it.
     *
     * @param signal whatever it throws is logged
     */
    public static void tell(Runnable signal) {
        try {
            signal.run();
        } catch (RuntimeException e) {
            LOG.warn("Others were not told of a commit, and will see it by themselves: {}", e.getMessage());
            LOG.debug("A signal failed after a commit", e);
        }
    }
}
