package io.longhaul.tools;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.jackson.Discoverable;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolDescription;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One entry under {@code tools:}, with the settings that all providers share. Its {@code type} selects the provider,
 * whose factory class carries {@code @JsonTypeName} and is listed in {@code
 * META-INF/services/io.longhaul.tools.ToolFactory}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public abstract class ToolFactory implements Discoverable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    @JsonProperty
    private String name;

    /** One or two sentences for people and models. */
    @JsonProperty
    private String description;

    /** JSON Schema (2020-12) of the params; without one, anything is accepted. */
    @JsonProperty
    private JsonNode params;

    /** Longest time of one attempt. */
    @JsonProperty
    private Duration timeout;

    /** Time in which a job must begin. */
    @JsonProperty("start_within")
    private Duration startWithin;

    /** Jobs of this tool that one node runs at once. */
    @JsonProperty
    private Integer concurrency;

    /** Jobs of this tool that all nodes together run at once. */
    @JsonProperty("cluster_concurrency")
    private Integer clusterConcurrency;

    /** Jobs of one concurrency key that all nodes together run at once. */
    @JsonProperty("key_concurrency")
    private Integer keyConcurrency;

    /** Jobs of this tool that all nodes together begin per time. */
    @JsonProperty
    private StartRate rate;

    /** Jobs of this tool that may wait for a worker. */
    @JsonProperty("max_queue")
    private Integer maxQueue;

    @JsonProperty
    private Retry retry;

    @JsonProperty("on_worker_loss")
    private OnWorkerLoss onWorkerLoss;

    /** Number of times that a lost worker is replaced. */
    @JsonProperty("max_losses")
    private Integer maxLosses;

    @JsonProperty("max_result")
    private DataSize maxResult;

    /** Recorded in the jobs that this tool works on. */
    @JsonProperty
    private String version;

    /** Settings for the MCP server. */
    @JsonProperty
    private McpPolicy mcp;

    /** How long its questions wait for answers. */
    @JsonProperty
    private InputPolicy input;

    /** For subclasses, which Jackson fills. */
    protected ToolFactory() {}

    /**
     * Makes the tools of this entry; most providers make one. Starts nothing.
     *
     * @return tools with unique names
     * @throws ToolConfigurationException if the entry is wrong
     */
    public abstract List<Tool> build(ToolContext toolContext);

    /**
     * The source of further tools that are found while the server runs; most providers have none. Starts nothing.
     *
     * @throws ToolConfigurationException if the entry is wrong
     */
    public Optional<ToolSource> source(ToolContext toolContext) {
        return Optional.empty();
    }

    /**
     * Sentences on what is missing on this machine and may exist on another, such as a program that is not installed.
     * Called when the entry is known to be right.
     */
    public List<String> remarks() {
        return List.of();
    }

    /**
     * The entry's name.
     *
     * @throws ToolConfigurationException if it is missing or not a tool name
     */
    public final String name() {
        Checks.that(name != null, "a tool has no name: add one, such as name: fasta.stats");
        checkName(name);
        return name;
    }

    /** Name, description and schema as configured; an entry without a description is described by its name. */
    protected final ToolDescription describe() {
        return new ToolDescription(name(), description == null ? name : description.strip(), paramsSchema());
    }

    /** The schema as configured, {@code {}} without one. */
    protected final JsonNode paramsSchema() {
        return params == null || params.isNull() ? JsonNodeFactory.instance.objectNode() : params;
    }

    /**
     * For providers whose tools describe themselves.
     *
     * @throws ToolConfigurationException if {@code description} or {@code params} is configured
     */
    protected final void refuseDescription() {
        Checks.that(
                description == null && params == null,
                "tools of this type describe themselves: remove description and params");
    }

    /**
     * The policy, defaults filled in.
     *
     * @throws ToolConfigurationException if a value is out of its range
     */
    public final ToolPolicy policy() {
        ToolPolicy usual = ToolPolicy.DEFAULT;
        return new ToolPolicy(
                timeout == null ? usual.timeout() : timeout.toJavaDuration(),
                concurrency,
                retry == null ? usual.retry() : retry,
                onWorkerLoss == null ? usual.onWorkerLoss() : onWorkerLoss,
                maxLosses == null ? usual.maxLosses() : maxLosses,
                maxResult == null ? usual.maxResultBytes() : maxResult.toBytes(),
                new ToolLimits(clusterConcurrency, keyConcurrency == null ? 1 : keyConcurrency, rate, maxQueue),
                version,
                mcp == null ? usual.mcp() : mcp,
                input == null ? usual.input() : input,
                startWithin == null ? usual.startWithin() : startWithin.toJavaDuration());
    }

    /** The name for messages about this entry, which need not have one. */
    public final String label() {
        return name == null ? "without a name" : "'" + name + "'";
    }

    static void checkName(String name) {
        Checks.that(
                NAME.matcher(name).matches(),
                "'%s' cannot be a tool's name: use 1 to 100 letters, digits, dots, underscores and hyphens, "
                        + "with a letter or digit first",
                name.length() > 120 ? name.substring(0, 120) + "..." : name);
    }
}
