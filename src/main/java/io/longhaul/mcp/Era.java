package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A way of speaking the protocol. What another revision brings is another of these. */
interface Era {
    /**
     * Serves a request; it is answered when this returns, or later.
     *
     * @param exchange with a request that has an id
     * @throws io.longhaul.mcp.protocol.RpcError if it is refused
     */
    void serve(Exchange exchange);

    /**
     * Takes a notification, which nobody answers.
     *
     * @param exchange with a message that has no id, or is an answer
     */
    void notice(Exchange exchange);

    /**
     * Makes a result one of this era.
     *
     * @param result of a method
     * @return the same object
     */
    ObjectNode result(ObjectNode result);
}
