package io.longhaul.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;

/** Turns a program's output, or a server's answer, into a result. */
public enum OutputMode {
    /** The JSON value if it is one, null if it is empty, otherwise a string. */
    AUTO {
        @Override
        public ToolResult result(String text) {
            if (text.isBlank()) {
                return new ToolResult.Success("null");
            }
            return Storable.isJson(text) ? new ToolResult.Success(text.strip()) : TEXT.result(text);
        }
    },
    /** One JSON value; anything else is a failure. */
    JSON {
        @Override
        public ToolResult result(String text) {
            return Storable.isJson(text)
                    ? new ToolResult.Success(text.strip())
                    : ToolResult.failure(
                            FailureKind.TOOL_ERROR,
                            "The output is not one JSON value: correct what wrote it, or say output: auto in the tool's configuration.");
        }
    },
    /** A string, even if it looks like JSON. */
    TEXT {
        @Override
        public ToolResult result(String text) {
            return ToolResult.success(TextNode.valueOf(text));
        }
    },
    /** An array of strings, one per line; empty output is an empty array. */
    LINES {
        @Override
        public ToolResult result(String text) {
            ArrayNode lines = JsonNodeFactory.instance.arrayNode();
            text.lines().forEach(lines::add);
            return ToolResult.success(lines);
        }
    };

    /**
     * Makes a result.
     *
     * @param text output without line breaks at its end
     * @return a success, or the failure that says why the output is not one
     */
    public abstract ToolResult result(String text);
}
