package io.longhaul.mcp;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code mcp:} block: settings of the MCP server at {@code /mcp}.
 *
 * @param handleTools offers tools that start, show and cancel jobs, for clients without tasks
 * @param resources texts and files that clients may read, in addition to jobs
 */
public record McpConfiguration(boolean handleTools, List<PublishedResource> resources) {
    /** The settings of a configuration without this block. */
    public static final McpConfiguration DEFAULT = new McpConfiguration(false, List.of());

    /** Rejects two resources with the same URI. */
    public McpConfiguration {
        resources = List.copyOf(resources);
        Set<String> uris = resources.stream().map(PublishedResource::uri).collect(Collectors.toSet());
        if (uris.size() < resources.size()) {
            throw new IllegalArgumentException("mcp.resources has the same uri twice: give each its own");
        }
    }

    @JsonCreator
    static McpConfiguration of(
            @JsonProperty("handleTools") Boolean handleTools,
            @JsonProperty("resources") List<PublishedResource> resources) {
        return new McpConfiguration(handleTools != null && handleTools, resources == null ? List.of() : resources);
    }
}
