package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Carries JSON-RPC messages to a server, and the server's messages to the {@link Session}. */
interface McpTransport extends AutoCloseable {
    /**
     * Connects.
     *
     * @param session takes the server's messages
     * @throws LostException if the server cannot be reached
     */
    void open(Session session) throws LostException, InterruptedException;

    /**
     * Sends a message; the session takes the answer.
     *
     * @param message a JSON-RPC message
     * @param pending the request, or null for a notification or an answer
     * @throws LostException if the server cannot be reached
     */
    void send(ObjectNode message, PendingRequest pending) throws LostException;

    /** Takes back a request that is still to be sent; returns false if it is on its way. */
    default boolean withdraw(PendingRequest request) {
        return false;
    }

    /** Sets the version for the following messages. */
    void speak(String version, boolean modern);

    /** Returns true if aborting a request's stream cancels the request. */
    boolean cancelsByClosing();

    @Override
    void close();
}
