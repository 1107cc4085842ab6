package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.UnansweredException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Passes on what a server asks during a call, as questions of the job. The key of a question is made of what is asked, so
 * that the next attempt, in which the server asks again, gets the answer that was given.
 */
final class ServerQuestions {
    private static final String ELICITATION = "elicitation/create";
    private static final int LONGEST_NAME = 60;
    private static final int DIGEST_BYTES = 4;

    private final ToolCall call;
    private final Map<String, Integer> asked = new HashMap<>();

    ServerQuestions(ToolCall call) {
        this.call = call;
    }

    /**
     * Asks one question.
     *
     * @param name the server's name for it
     * @param request with method and params
     * @return the result for the server
     */
    CompletableFuture<ObjectNode> ask(String name, JsonNode request) throws RpcException, InterruptedException {
        AskedInput.check(name, request);
        try {
            return call.asking(question(name, request)).thenApply(answer -> result(request, answer));
        } catch (IllegalArgumentException e) {
            throw new RpcException(0, "what the server asks cannot be passed on: " + e.getMessage());
        }
    }

    /**
     * Asks several questions at once and waits for all answers.
     *
     * @param requests by the server's names
     * @return the results by these names
     */
    ObjectNode askAll(JsonNode requests) throws RpcException, InterruptedException {
        AskedInput.checkAll(requests);
        Map<String, CompletableFuture<ObjectNode>> open = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> request : requests.properties()) {
            open.put(request.getKey(), ask(request.getKey(), request.getValue()));
        }
        ObjectNode results = Rpc.object();
        for (Map.Entry<String, CompletableFuture<ObjectNode>> one : open.entrySet()) {
            results.set(one.getKey(), await(one.getValue()));
        }
        return results;
    }

    private static ObjectNode await(CompletableFuture<ObjectNode> result) throws RpcException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnansweredException unanswered) {
                throw unanswered;
            }
            throw new RpcException(
                    0,
                    "what the server asks cannot be passed on: " + e.getCause().getMessage());
        }
    }

    private Question question(String name, JsonNode request) {
        JsonNode params = request.path("params");
        ObjectNode passedOn = Rpc.object().put("method", request.path("method").asText());
        ObjectNode own = params instanceof ObjectNode object ? object.deepCopy() : Rpc.object();
        own.remove("_meta");
        passedOn.set("params", own);
        String message = Storable.text(params.path("message")
                .asText("The server asks: " + request.path("method").asText()));
        String shown = message.isBlank() ? name : message;
        return new Question(
                key(name, passedOn.toString()),
                shown.length() > Question.LONGEST_MESSAGE ? shown.substring(0, Question.LONGEST_MESSAGE) : shown,
                isForm(request) ? params.get("requestedSchema") : null,
                null,
                passedOn);
    }

    private static boolean isForm(JsonNode request) {
        return request.path("method").asText().equals(ELICITATION)
                && request.path("params").path("requestedSchema").isObject();
    }

    private synchronized String key(String name, String request) {
        String readable = name.replaceAll("[^A-Za-z0-9._-]", "-");
        String key = (readable.length() > LONGEST_NAME ? readable.substring(0, LONGEST_NAME) : readable) + "-"
                + digest(name + "\n" + request);
        int times = asked.merge(key, 1, Integer::sum);
        return times == 1 ? key : key + "-" + times;
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** As the server expects it: of a form what was done with it, of anything else the result itself. */
    private static ObjectNode result(JsonNode request, Answer answer) {
        boolean elicitation = request.path("method").asText().equals(ELICITATION);
        if (!elicitation && answer.isAccepted() && answer.content() instanceof ObjectNode result) {
            return result;
        }
        ObjectNode result = Rpc.object().put("action", answer.action().label());
        if (answer.isAccepted() && answer.content().isObject()) {
            result.set("content", answer.content());
        }
        return result;
    }
}
