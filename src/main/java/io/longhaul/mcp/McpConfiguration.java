package io.longhaul.mcp;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code mcp:} block: settings of the MCP server at {@code /mcp}.
 *
 * @param handleTools offers tools that start, show and cancel jobs, for clients without tasks
 * @param jobCard to whom the job card is offered
 * @param resources texts and files that clients may read, in addition to jobs
 */
public record McpConfiguration(boolean handleTools, JobCardOffer jobCard, List<PublishedResource> resources) {
    /** The settings of a configuration without this block. */
    public static final McpConfiguration DEFAULT = new McpConfiguration(false, JobCardOffer.AUTO, List.of());

    /** To whom the job card is offered. */
    public enum JobCardOffer {
        /** To hosts that say that they show MCP Apps. */
        AUTO,
        /** To all, for hosts that show them without saying so. */
        ALWAYS,
        /** To nobody. */
        NEVER
    }

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
            @JsonProperty("jobCard") String jobCard,
            @JsonProperty("resources") List<PublishedResource> resources) {
        return new McpConfiguration(
                handleTools != null && handleTools,
                jobCard == null ? DEFAULT.jobCard : offer(jobCard),
                resources == null ? List.of() : resources);
    }

    private static JobCardOffer offer(String word) {
        return Arrays.stream(JobCardOffer.values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "mcp.jobCard is '%s': write auto, always or never".formatted(word)));
    }
}
