package io.longhaul.tools;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Settings of a tool for the MCP server.
 *
 * @param tasks use of tasks for its calls
 * @param join time after its end in which a job answers the same call of the same client again; zero turns this off, and
 *     then a job that still runs does not either
 * @param needs capabilities that a client must have to call it
 * @param asksFirst whether its first questions are asked before a call becomes a task
 */
public record McpPolicy(Tasks tasks, Duration join, Set<String> needs, boolean asksFirst) {
    /** Use of tasks for the calls of a tool. */
    public enum Tasks {
        /** If the client can have them; else they are plain calls. */
        OPTIONAL,
        /** Always: clients that cannot have them are refused. */
        REQUIRED,
        /** Never: for tools that answer at once. */
        FORBIDDEN
    }

    /** Capabilities of a client that a tool may need. */
    private static final Set<String> CAPABILITIES = Set.of("elicitation", "roots", "sampling");

    private static final Duration LONGEST_JOIN = Duration.ofDays(7);

    /** The settings of a tool without its own. */
    public static final McpPolicy DEFAULT = new McpPolicy(Tasks.OPTIONAL, Duration.ZERO, Set.of(), false);

    /** Checks the ranges. */
    public McpPolicy {
        needs = Set.copyOf(needs);
        Checks.that(
                !join.isNegative() && join.compareTo(LONGEST_JOIN) <= 0,
                "mcp.join is %s: write a duration from 0s to 7d",
                join);
        for (String capability : needs) {
            Checks.that(
                    CAPABILITIES.contains(capability),
                    "mcp.needs has '%s': write elicitation, roots or sampling",
                    capability);
        }
    }

    /** Fills in what the configuration leaves out. */
    @JsonCreator
    static McpPolicy of(
            @JsonProperty("tasks") String tasks,
            @JsonProperty("join") io.dropwizard.util.Duration join,
            @JsonProperty("needs") List<String> needs,
            @JsonProperty("asks_first") boolean asksFirst) {
        return new McpPolicy(
                tasks == null ? DEFAULT.tasks : tasks(tasks),
                join == null ? DEFAULT.join : join.toJavaDuration(),
                needs == null ? Set.of() : Set.copyOf(needs),
                asksFirst);
    }

    private static Tasks tasks(String word) {
        return Arrays.stream(Tasks.values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> new ToolConfigurationException(
                        "mcp.tasks is '%s': write optional, required or forbidden".formatted(word)));
    }
}
