package io.longhaul.tools.mcp;

import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.definitions.ToolFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An MCP server as the configuration starts it, with the tools that were found. */
public final class LiveServer implements AutoCloseable {
    final ToolRegistry registry = ToolRegistry.of(List.of());
    final LiveTools live;
    private final Semaphore found = new Semaphore(0);

    LiveServer(String settings) throws IOException {
        this(settings, Checkpoints.NONE);
    }

    /** A server whose tasks are kept in checkpoints. */
    public LiveServer(String settings, Checkpoints checkpoints) throws IOException {
        Path file = Files.createTempFile("mcp", ".yml");
        ToolContext toolContext = new ToolContext();
        toolContext.useCheckpoints(checkpoints);
        try {
            Files.writeString(file, "[{type: mcp, name: s, " + settings + "}]");
            new ToolFiles().load(file, toolContext);
        } finally {
            Files.delete(file);
        }
        live = toolContext.live().get(0);
        live.start(registry, found::release);
    }

    /** {@link StandInTools} as a program. */
    static String program(String era, String... more) {
        return "command: ['" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "', '-XX:TieredStopAtLevel=1', '-cp', '"
                + System.getProperty("java.class.path") + "', '" + StandInTools.class.getName() + "', '" + era + "'"
                + (more.length == 0 ? "" : ", '" + more[0] + "'") + "]";
    }

    public LiveServer awaitTools() throws InterruptedException {
        if (!found.tryAcquire(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no tools: " + live.trouble());
        }
        return this;
    }

    public RegisteredTool tool(String name) {
        return registry.find(name).orElseThrow(() -> new AssertionError("no " + name + " in " + registry.names()));
    }

    @Override
    public void close() {
        live.stop();
    }
}
