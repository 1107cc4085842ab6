package io.longhaul.mcp;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code mcp:} block: how the MCP server at {@code /mcp} offers what there is.
 *
 * @param handleTools whether tools are offered that start jobs and ask after them, for clients without tasks
 * @param resources texts and files that clients may read, beside the jobs
 */
public record McpConfiguration(boolean handleTools, List<PublishedResource> resources) {
    /** What holds when nothing is configured. */
    public static final McpConfiguration DEFAULT = new McpConfiguration(false, List.of());

    /** Checks that no two resources have the same address. */
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
