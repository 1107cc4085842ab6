package io.longhaul.tools;

import java.time.Duration;
import java.util.Optional;

/** Addresses at which an outside system reports the end of work that a tool gave it. */
public interface Callbacks {
    /**
     * Opens the address of a job. The attempt after a lost one gets the same address, with what arrived meanwhile.
     *
     * @param jobId a UUID in text form
     * @param attempt number of the attempt, 1 for the first; a later one takes the address over
     * @return the address; stays open until it is closed or expires, even if this node stops
     */
    Address open(String jobId, int attempt);

    /** A one-time address. */
    interface Address extends AutoCloseable {
        /** The absolute URL to POST to; only its receiver knows it. */
        String url();

        /**
         * Waits for a body that was posted.
         *
         * @return the next body, a JSON object as text; empty if none came in time
         * @throws InterruptedException when the call ends early
         */
        Optional<String> next(Duration longest) throws InterruptedException;

        /** Stops waiting and leaves the address open for the attempt that may follow. */
        void leave();

        /** Closes the address: later posts are answered that there is none. */
        @Override
        void close();
    }
}
