package io.longhaul.console.tools;

import io.longhaul.console.jobs.Commands;
import java.util.List;

/**
 * The tools that the visitor may use.
 *
 * @param tools in alphabetical order
 * @param commands the same by other means
 */
public record ToolsView(List<Row> tools, Commands commands) {
    /**
     * One tool.
     *
     * @param name its name
     * @param description the first line of its description
     * @param limits its limits in words
     * @param paused the reason of its pause, empty for a pause without reason, or null
     */
    public record Row(String name, String description, String limits, String paused) {}
}
