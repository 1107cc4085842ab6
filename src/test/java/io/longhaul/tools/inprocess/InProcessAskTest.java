package io.longhaul.tools.inprocess;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.AskContract;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Java tools ask as the contract says. */
final class InProcessAskTest extends AskContract {
    private interface Body {
        ToolResult call(ToolCall call) throws Exception;
    }

    private static RegisteredTool tool(Body body) {
        Tool tool = new Tool() {
            @Override
            public ToolDescription description() {
                return new ToolDescription("asks", "asks", JsonNodeFactory.instance.objectNode());
            }

            @Override
            public ToolResult call(ToolCall call) throws Exception {
                return body.call(call);
            }
        };
        return new RegisteredTool(tool, ToolPolicy.DEFAULT, "test");
    }

    private static Question question(String key) {
        return Question.of(key, "May I?")
                .answeredBy(
                        ParamsJson.parse("{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}}}"));
    }

    private static ObjectNode json(Answer answer) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("action", answer.action().label());
        json.set("content", answer.content());
        return json;
    }

    @Override
    protected RegisteredTool asking() {
        return tool(call -> ToolResult.success(json(call.ask(question("may-i")))));
    }

    @Override
    protected RegisteredTool askingTwice() {
        return tool(call -> {
            List<CompletableFuture<Answer>> answers =
                    List.of(call.asking(question("one")), call.asking(question("two")));
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            for (CompletableFuture<Answer> answer : answers) {
                all.add(json(answer.get()));
            }
            return ToolResult.success(all);
        });
    }
}
