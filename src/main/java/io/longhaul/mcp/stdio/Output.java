package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** The messages for the client: one a line, and nothing else. */
final class Output {
    private final OutputStream out;
    private final Runnable whenClosed;

    /** With what is to be done when nobody reads any more. */
    Output(OutputStream out, Runnable whenClosed) {
        this.out = out;
        this.whenClosed = whenClosed;
    }

    void fail(JsonNode id, RpcError error) {
        write(Rpc.error(id, error));
    }

    /** Writes a message; JSON that is written anew has no line ends. */
    void write(ObjectNode message) {
        byte[] text = Json.bytes(message);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        synchronized (out) {
            try {
                out.write(line);
                out.flush();
            } catch (IOException e) {
                whenClosed.run();
            }
        }
    }
}
