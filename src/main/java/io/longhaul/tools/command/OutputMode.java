package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.tools.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;

/** What standard output becomes when no result line came. Line breaks at its end never count. */
enum OutputMode {
    /** The JSON value if it is one, null if it is empty, otherwise a string. */
    AUTO {
        @Override
        ToolResult result(String text) {
            if (text.isBlank()) {
                return new ToolResult.Success("null");
            }
            return Storable.isJson(text) ? new ToolResult.Success(text.strip()) : TEXT.result(text);
        }
    },
    /** One JSON value; anything else is a failure. */
    JSON {
        @Override
        ToolResult result(String text) {
            return Storable.isJson(text)
                    ? new ToolResult.Success(text.strip())
                    : ToolResult.failure(
                            FailureKind.TOOL_ERROR,
                            "The command's output is not one JSON value: correct the command, or say output: auto.");
        }
    },
    /** A string, even if it looks like JSON. */
    TEXT {
        @Override
        ToolResult result(String text) {
            return ToolResult.success(TextNode.valueOf(text));
        }
    },
    /** An array of strings, one per line; empty output is an empty array. */
    LINES {
        @Override
        ToolResult result(String text) {
            ArrayNode lines = JsonNodeFactory.instance.arrayNode();
            text.lines().forEach(lines::add);
            return ToolResult.success(lines);
        }
    };

    abstract ToolResult result(String text);
}
