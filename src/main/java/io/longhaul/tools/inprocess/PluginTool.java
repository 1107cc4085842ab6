package io.longhaul.tools.inprocess;

import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;

/** A tool of a plug-in; while it runs, the thread's context class loader is the plug-in's, as libraries expect. */
record PluginTool(Tool tool, ToolDescription description) implements Tool {
    @Override
    public Duration stopTime() {
        return tool.stopTime();
    }

    @Override
    public ToolResult call(ToolCall call) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(tool.getClass().getClassLoader());
        try {
            return tool.call(call);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "The plug-in lacks a class (" + e + "): pack what it needs into its jar.", e);
        } finally {
            thread.setContextClassLoader(usual);
        }
    }
}
