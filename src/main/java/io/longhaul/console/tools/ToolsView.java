package io.longhaul.console.tools;

import java.util.List;

/**
 * The tools that the visitor may use.
 *
 * @param tools in alphabetical order
 */
public record ToolsView(List<Row> tools) {
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
