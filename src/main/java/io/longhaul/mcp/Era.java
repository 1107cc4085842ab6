package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** An era of the protocol: revisions that a client speaks in the same way. Another way of speaking becomes another implementation. */
interface Era {
    /**
     * Serves a request. The answer may be sent before or after this returns.
     *
     * @param exchange has a request with an id
     * @throws io.longhaul.mcp.protocol.RpcError if it is refused
     */
    void serve(Exchange exchange);

    /**
     * Takes a message that is not answered.
     *
     * @param exchange has a notification, or the answer to a request of the server
     */
    void notice(Exchange exchange);

    /**
     * Adds the members that results of this era must have.
     *
     * @param result result of a method, which is changed
     * @return the same object
     */
    ObjectNode result(ObjectNode result);
}
