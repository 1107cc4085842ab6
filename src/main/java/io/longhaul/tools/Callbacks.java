package io.longhaul.tools;

import java.time.Duration;
import java.util.Optional;

/** Addresses at which the outside world reports the end of work that a tool handed to it. */
public interface Callbacks {
    /**
     * Opens the address of a job. The attempt after a lost one gets the same address, with what arrived meanwhile.
     *
     * @param jobId a UUID in text form
     * @param attempt which attempt of the job asks, 1 for the first; a later one takes the address over
     * @return the address; stays open until it is closed or has expired, whatever becomes of this node
     */
    Address open(String jobId, int attempt);

    /** A one-time address. */
    interface Address extends AutoCloseable {
        /**
         * Where to POST to.
         *
         * @return an absolute URL that only its receiver knows
         */
        String url();

        /**
         * Waits for what is posted, one body after the other.
         *
         * @param longest how long to wait
         * @return the next body, a JSON object as text; empty if none came
         * @throws InterruptedException when the call ends early
         */
        Optional<String> next(Duration longest) throws InterruptedException;

        /** Stops waiting and leaves the address open, for the attempt that may follow. */
        void leave();

        /** Closes the address: who posts later is told that there is no such address. */
        @Override
        void close();
    }
}
