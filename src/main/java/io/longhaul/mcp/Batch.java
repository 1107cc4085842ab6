package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.streams.EventStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A batch of messages, as revision 2025-03-26 has it. The answers are one array; if a tool is called and the client accepts
 * streams, each answer is an event as soon as it is there, because a call may take long.
 */
final class Batch {
    private static final int MOST = 50;

    /** All answers together: they wait here for the last one, or for a client that reads slowly. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int BAD_REQUEST = 400;
    private static final int ACCEPTED = 202;

    private final Exchange exchange;
    private final EventStream stream;
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final List<String> jobs = new ArrayList<>();
    private long bytes;
    private int unanswered;

    /** Serves one message of a batch. */
    interface Server {
        /**
         * Answers the message, now or later.
         *
         * @param counted whether it is counted as a request already, with the HTTP request that brought it
         */
        void serve(Exchange exchange, JsonNode message, boolean counted);
    }

    private Batch(Exchange exchange, ArrayNode messages) {
        this.exchange = exchange;
        this.unanswered = messages.size();
        this.stream = callsTool(messages) && exchange.acceptsStreams() ? exchange.open(gone -> {}) : null;
    }

    /**
     * Answers a batch.
     *
     * @param server answers each exchange it is given
     */
    static void serve(Exchange exchange, ArrayNode messages, Server server) {
        if (messages.isEmpty() || messages.size() > MOST) {
            throw new RpcError(RpcError.INVALID_REQUEST, "A batch has 1 to " + MOST + " messages.")
                    .withStatus(BAD_REQUEST);
        }
        Batch batch = new Batch(exchange, messages);
        if (batch.stream != null) {
            exchange.start(batch.stream);
        }
        boolean first = true;
        for (JsonNode message : messages) {
            server.serve(exchange.part(batch::add), message, first);
            first = false;
        }
    }

    private static boolean callsTool(ArrayNode messages) {
        for (JsonNode message : messages) {
            if (message.path("method").asText().equals(Methods.TOOLS_CALL)) {
                return true;
            }
        }
        return false;
    }

    private synchronized void add(ObjectNode answer) {
        unanswered--;
        if (answer != null) {
            add(bounded(answer));
        }
        if (unanswered == 0) {
            end();
        }
    }

    private void add(byte[] answer) {
        if (stream != null) {
            stream.offerBounded(EventStream.event("message", answer));
        } else {
            answers.write(answers.size() == 0 ? '[' : ',');
            answers.writeBytes(answer);
        }
    }

    /** The answer as JSON, or an error in its place if it is too large beside the others. */
    private byte[] bounded(ObjectNode answer) {
        byte[] json = Json.bytes(answer);
        Optional<String> job = JobAnswer.job(answer);
        job.ifPresent(jobs::add);
        if (bytes + json.length > MOST_BYTES) {
            json = Json.bytes(Rpc.error(answer.get("id"), tooLarge(job)));
        }
        bytes += json.length;
        return json;
    }

    /** A call must not be made again: its job would be another. */
    private static RpcError tooLarge(Optional<String> job) {
        String why = "The answers of this batch are too large together";
        return job.map(id -> new RpcError(RpcError.INTERNAL_ERROR, why + ". " + ErrorTranslator.isAt(List.of(id)))
                        .withData(Rpc.object().put(ErrorTranslator.JOB, id)))
                .orElseGet(() -> new RpcError(RpcError.INTERNAL_ERROR, why + ": send this message alone."));
    }

    private void end() {
        if (stream != null) {
            stream.end();
        } else if (answers.size() == 0) {
            exchange.acknowledge(ACCEPTED);
        } else {
            answers.write(']');
            exchange.answerAll(answers.toByteArray(), jobs);
        }
    }
}
