package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;

/** Turns an answer to {@code tools/call} into a result. */
final class Results {
    private Results() {}

    /**
     * Prefers structured content; then the text if that is all there is, as JSON if it is an object or an array;
     * otherwise {@code {"content": [...]}}.
     *
     * @param answer a CallToolResult
     * @param retriesErrors whether a failure that the tool reports is worth another attempt
     */
    static ToolResult of(JsonNode answer, boolean retriesErrors) throws RpcException {
        check(answer);
        String type = answer.path("resultType").asText("complete");
        if (!type.equals("complete")) {
            return new ToolResult.Failure(
                    FailureKind.TOOL_ERROR, "The server answered in a way we do not know (" + type + ").", false);
        }
        if (answer.path("isError").asBoolean()) {
            return new ToolResult.Failure(FailureKind.TOOL_ERROR, errorText(answer), retriesErrors);
        }
        return success(answer);
    }

    /** Checks the types of the members that are read. */
    private static void check(JsonNode answer) throws RpcException {
        JsonNode isError = answer.path("isError");
        JsonNode content = answer.path("content");
        if (isPresent(answer.path("resultType")) && !answer.path("resultType").isTextual()) {
            throw RpcException.malformed("the resultType of its answer is no text");
        }
        if (isPresent(isError) && !isError.isBoolean()) {
            throw RpcException.malformed("isError is neither true nor false");
        }
        if (isPresent(content) && !content.isArray()) {
            throw RpcException.malformed("its content is no list");
        }
        for (JsonNode block : content) {
            if (!block.isObject()) {
                throw RpcException.malformed("its content has a block that is no object");
            }
            if (block.path("type").asText().equals("text")
                    && !block.path("text").isTextual()) {
                throw RpcException.malformed("its content has a text block without a text");
            }
        }
    }

    private static boolean isPresent(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private static String errorText(JsonNode answer) {
        List<String> texts = new ArrayList<>();
        answer.path("content").forEach(block -> {
            if (block.path("text").isTextual()) {
                texts.add(block.path("text").textValue());
            }
        });
        return texts.isEmpty() ? "The tool failed without saying why." : String.join("\n", texts);
    }

    private static ToolResult success(JsonNode answer) {
        JsonNode structured = answer.path("structuredContent");
        if (!structured.isMissingNode() && !structured.isNull()) {
            return ToolResult.success(structured);
        }
        JsonNode content = answer.path("content");
        JsonNode first = content.path(0);
        if (content.size() == 1 && first.path("type").asText().equals("text")) {
            return text(first.path("text"));
        }
        ObjectNode all = Rpc.object();
        all.set("content", content.isArray() ? content : Rpc.object().arrayNode());
        return ToolResult.success(all);
    }

    private static ToolResult text(JsonNode text) {
        String json = text.asText().strip();
        boolean container = json.startsWith("{") || json.startsWith("[");
        return container && Storable.isJson(json)
                ? ToolResult.success(ParamsJson.parse(json))
                : ToolResult.success(text);
    }
}
