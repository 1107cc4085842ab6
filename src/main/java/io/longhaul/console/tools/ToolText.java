package io.longhaul.console.tools;

import io.longhaul.console.JsonText;
import io.longhaul.console.Words;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import java.util.ArrayList;
import java.util.List;

/** Says of a tool what people want to know before they use it. */
final class ToolText {
    private static final int LONGEST_SCHEMA = 64 * 1024;
    private static final int LONGEST_LINE = 200;

    private ToolText() {}

    static ToolsView.Row row(RegisteredTool tool, PausedTools paused) {
        return new ToolsView.Row(
                tool.name(),
                Words.line(tool.description().description(), LONGEST_LINE),
                limits(tool),
                paused(tool, paused));
    }

    static ToolView.About about(RegisteredTool tool, PausedTools paused) {
        return new ToolView.About(
                tool.name(),
                tool.description().description(),
                limits(tool),
                paused(tool, paused),
                JsonText.indented(tool.description().paramsSchema().toString(), LONGEST_SCHEMA));
    }

    private static String paused(RegisteredTool tool, PausedTools paused) {
        return paused.find(tool.name())
                .map(pause -> pause.reason() == null ? "" : pause.reason())
                .orElse(null);
    }

    private static String limits(RegisteredTool tool) {
        ToolPolicy policy = tool.policy();
        List<String> parts = new ArrayList<>();
        int attempts = policy.retry().maxAttempts();
        parts.add(attempts == 1 ? "1 attempt" : "up to " + attempts + " attempts");
        if (policy.timeout() != null) {
            parts.add("at most " + Words.duration(policy.timeout()) + " each");
        }
        if (policy.startWithin() != null) {
            parts.add("begun within " + Words.duration(policy.startWithin()) + " or failed");
        }
        if (policy.concurrency() != null) {
            parts.add(policy.concurrency() + " at once on a node");
        }
        if (policy.limits().clusterConcurrency() != null) {
            parts.add(policy.limits().clusterConcurrency() + " at once on all nodes");
        }
        if (policy.version() != null) {
            parts.add("version " + policy.version());
        }
        if (tool.isRemote()) {
            parts.add("run by workers elsewhere");
        }
        return String.join(" · ", parts);
    }
}
