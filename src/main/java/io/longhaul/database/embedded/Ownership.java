package io.longhaul.database.embedded;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty to stop a server.
 *
 * @param lock freed after the stop, so that the next instance finds the folder quiet
 * @param postmaster the server
 * @param programs to stop it with
 * @param how how it is asked to stop; if that takes too long, fast
 */
record Ownership(InstanceLock lock, Postmaster postmaster, Programs programs, Postmaster.Stop how) {
    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    void end() throws IOException, InterruptedException {
        try (lock) {
            if (!postmaster.stop(how, programs) && !postmaster.stop(Postmaster.Stop.FAST, programs)) {
                LOG.warn("PostgreSQL (process {}) still writes; it will end by itself", postmaster.pid());
            }
        }
    }
}
