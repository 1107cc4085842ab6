package io.longhaul.tools;

import io.longhaul.tools.definitions.ToolFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes tools from YAML, in the way of the server. */
public final class TestTools {
    private TestTools() {}

    /** All tools of a YAML list. */
    public static List<RegisteredTool> all(String yaml) {
        return all(yaml, new ToolContext());
    }

    private static List<RegisteredTool> all(String yaml, ToolContext toolContext) {
        try {
            Path file = Files.createTempFile("tools", ".yml");
            try {
                Files.writeString(file, yaml);
                return new ToolFiles().load(file, toolContext);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only tool of a YAML list. */
    public static RegisteredTool one(String yaml) {
        return one(yaml, new ToolContext());
    }

    /** The only tool of a YAML list, with a shared context. */
    public static RegisteredTool one(String yaml, ToolContext toolContext) {
        List<RegisteredTool> tools = all(yaml, toolContext);
        if (tools.size() != 1) {
            throw new IllegalArgumentException(tools.size() + " tools");
        }
        return tools.get(0);
    }
}
