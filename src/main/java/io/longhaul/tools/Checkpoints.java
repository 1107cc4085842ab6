package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Data that a call keeps about work it gave to an outside system, so that the attempt after a lost one continues that
 * work instead of starting it again. Without a database nothing is kept, and no call fails because of that.
 */
public interface Checkpoints {
    /** Keeps nothing: every attempt starts the work again. */
    Checkpoints NONE = (jobId, attempt, tool) -> new Checkpoint() {
        @Override
        public Optional<JsonNode> left() {
            return Optional.empty();
        }

        @Override
        public void keep(ObjectNode data) {
            // Nothing is kept.
        }

        @Override
        public boolean handOver() {
            return false;
        }

        @Override
        public boolean end() {
            return true;
        }
    };

    /**
     * Opens the checkpoint of a call. Runs no query: a tool that keeps nothing costs nothing.
     *
     * @param jobId a UUID in text form
     * @param attempt number of the attempt, 1 for the first
     */
    Checkpoint open(String jobId, int attempt, String tool);

    /** The checkpoint of one call. Not thread-safe. */
    interface Checkpoint {
        /**
         * Takes over the data of an attempt whose worker was lost. An attempt that ended in any other way leaves none.
         *
         * @return the data of that attempt; empty for a first attempt, without a query
         */
        Optional<JsonNode> left();

        /**
         * Replaces the data by which the work is found again.
         *
         * @param data small, and without secrets
         */
        void keep(ObjectNode data);

        /**
         * Leaves the data to the next attempt, because the node stops.
         *
         * @return whether that attempt will find it; if not, the outside work must be stopped
         */
        boolean handOver();

        /**
         * Ends the checkpoint with its call: the next attempt starts the work again. Data that a later attempt has
         * taken over, or will, stays.
         *
         * @return whether the outside work belongs to this call alone; if not, another attempt continues it, and it
         *     must not be stopped
         */
        boolean end();
    }
}
