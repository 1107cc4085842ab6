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
