package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import java.util.List;

/** How a stream asks its client what a job asks. Made for one stream. */
interface Asker {
    /**
     * Asks what is open.
     *
     * @param job with open questions
     */
    Asked ask(Job job);

    /** True if a question has to be asked again, although nothing about the job has changed. */
    default boolean asksAgain() {
        return false;
    }

    /** Hears that the stream has ended. */
    default void over() {
        // Most have nothing to clear away.
    }

    /**
     * What there is to send.
     *
     * @param messages for the stream, which goes on
     * @param result the result with which the call ends, or null
     */
    record Asked(List<ObjectNode> messages, ObjectNode result) {
        static final Asked NOTHING = new Asked(List.of(), null);
    }
}
