package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Carries JSON-RPC messages to a server, and its own to the {@link Session}. */
interface McpTransport extends AutoCloseable {
    /**
     * Makes ready.
     *
     * @param session takes what the server sends
     * @throws LostException if the server is not there
     */
    void open(Session session) throws LostException, InterruptedException;

    /**
     * Sends a message; what comes of it goes to the session.
     *
     * @param message a JSON-RPC message
     * @param pending the request it is, or null for a notification or an answer
     * @throws LostException if the server is not there
     */
    void send(ObjectNode message, PendingRequest pending) throws LostException;

    /** The version to speak from now on. */
    void speak(String version, boolean modern);

    /** Whether breaking off a request's stream is what cancels it. */
    boolean cancelsByClosing();

    @Override
    void close();
}
