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
 * How the MCP server offers a tool.
 *
 * @param tasks whether its calls are tasks
 * @param join for how long after its end a job answers the same call of the same client again; zero for not at all, and
 *     then a job that still runs does not either
 * @param needs capabilities that a client must have to call it
 */
public record McpPolicy(Tasks tasks, Duration join, Set<String> needs) {
    /** Whether calls of a tool are tasks. */
    public enum Tasks {
        /** If the client can have them; else they are plain calls. */
        OPTIONAL,
        /** Always: clients that cannot have them are refused. */
        REQUIRED,
        /** Never: for tools that answer at once. */
        FORBIDDEN
    }

    /** What there is to ask of a client. */
    private static final Set<String> CAPABILITIES = Set.of("elicitation", "roots", "sampling");

    private static final Duration LONGEST_JOIN = Duration.ofDays(7);

    /** What holds for a tool that says nothing. */
    public static final McpPolicy DEFAULT = new McpPolicy(Tasks.OPTIONAL, Duration.ZERO, Set.of());

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
            @JsonProperty("needs") List<String> needs) {
        return new McpPolicy(
                tasks == null ? DEFAULT.tasks : tasks(tasks),
                join == null ? DEFAULT.join : join.toJavaDuration(),
                needs == null ? Set.of() : Set.copyOf(needs));
    }

    private static Tasks tasks(String word) {
        return Arrays.stream(Tasks.values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> new ToolConfigurationException(
                        "mcp.tasks is '%s': write optional, required or forbidden".formatted(word)));
    }
}
