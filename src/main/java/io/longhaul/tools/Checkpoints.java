package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What calls keep of work that they handed to somebody outside, so that the attempt after a lost one goes on with it
 * instead of having it done again. Without a database nothing is kept, and no call fails for it.
 */
public interface Checkpoints {
    /** Keeps nothing: every attempt begins anew. */
    Checkpoints NONE = (jobId, attempt, tool) -> new Checkpoint() {
        @Override
        public Optional<JsonNode> left() {
            return Optional.empty();
        }

        @Override
        public void keep(ObjectNode data) {
            // There is no place for it.
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
     * Opens that of a call. Asks nobody: a tool that keeps nothing costs nothing.
     *
     * @param jobId a UUID in text form
     * @param attempt which attempt of the job calls, 1 for the first
     * @param tool its name
     * @return for this call only
     */
    Checkpoint open(String jobId, int attempt, String tool);

    /** What is kept of one call. Not for two threads at once. */
    interface Checkpoint {
        /**
         * Takes over what an attempt left whose worker was lost. An attempt that ended in any other way leaves nothing.
         *
         * @return what that attempt kept; empty for a first attempt, which asks nobody
         */
        Optional<JsonNode> left();

        /**
         * Keeps how the work is found again, in place of what was kept before.
         *
         * @param data small, and without secrets
         */
        void keep(ObjectNode data);

        /**
         * Leaves it to the next attempt, because the node stops.
         *
         * @return whether that attempt finds something; if not, the work outside is to be stopped
         */
        boolean handOver();

        /**
         * Ends it with its call: the next attempt begins anew. What a later attempt has taken over, or is to, stays.
         *
         * @return whether the work outside is this call's alone; if not, another attempt goes on with it, and it must not
         *     be stopped
         */
        boolean end();
    }
}
