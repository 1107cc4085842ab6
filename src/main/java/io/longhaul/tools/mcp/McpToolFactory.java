package io.longhaul.tools.mcp;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.environment.Variables;
import io.longhaul.mcp.protocol.MirroredParams;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.outbound.Host;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.ToolSource;
import io.longhaul.tools.childprocess.Environment;
import io.longhaul.tools.childprocess.Isolation;
import io.longhaul.tools.childprocess.Program;
import io.longhaul.tools.secrets.DiscreetCheckpoints;
import io.longhaul.tools.secrets.RequestCredentials;
import io.longhaul.tools.secrets.Scrubber;
import io.longhaul.tools.secrets.Secret;
import io.longhaul.tools.secrets.SecretScrubbingTool;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.SettingsHash;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolDescription;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code type: mcp}: all tools of an MCP server. {@code docs/tools/mcp.md} describes each setting. */
@JsonTypeName("mcp")
public final class McpToolFactory extends ToolFactory {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.mcp");

    /** The server program with its arguments. */
    @JsonProperty
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    @JsonSetter(contentNulls = Nulls.FAIL)
    private List<String> command;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, String> env = Map.of();

    @JsonProperty("secret_env")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, Secret> secretEnv = Map.of();

    /** Names of the server's own environment variables that the program gets too. */
    @JsonProperty("pass_env")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private List<String> passEnv = Environment.USUAL;

    @JsonProperty("working_directory")
    @JsonSetter(nulls = Nulls.SKIP)
    private String workingDirectory = "";

    /** Isolates the program from the server's other processes. */
    @JsonProperty
    private boolean isolated = true;

    /** The endpoint of a server that speaks HTTP. */
    @JsonProperty
    private String url;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, String> headers = Map.of();

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private RequestCredentials auth = RequestCredentials.NONE;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private Handshake.Era era = Handshake.Era.AUTO;

    /** Prefix of the tools' names; by default the entry's name and a dot. */
    @JsonProperty
    private String prefix;

    /** The server's names of the selected tools; empty for all. */
    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Set<String> only = Set.of();

    /** Longest wait for each step of a start, and of a call while there is no connection. */
    @JsonProperty("start_timeout")
    @JsonSetter(nulls = Nulls.SKIP)
    private Duration startTimeout = Duration.seconds(30);

    @JsonProperty("max_response")
    @JsonSetter(nulls = Nulls.SKIP)
    private DataSize maxResponse = DataSize.mebibytes(16);

    /** Repeats a call with unknown outcome, even if the server does not say that it may be repeated. */
    @JsonProperty("retry_lost")
    private boolean retryLost;

    /** Gives a failure that a tool reports another attempt. */
    @JsonProperty("retry_errors")
    private boolean retryErrors;

    @Override
    public List<Tool> build(ToolContext toolContext) {
        return List.of();
    }

    @Override
    public Optional<ToolSource> source(ToolContext toolContext) {
        refuseDescription();
        int most = Checks.size("max_response", maxResponse, "1KiB");
        Handshake handshake = new Handshake(era, startTimeout.toJavaDuration());
        Checkpoints checkpoints =
                url == null ? Checkpoints.NONE : new DiscreetCheckpoints(toolContext::checkpoints, auth);
        return Optional.of(new McpServer(
                name(),
                transports(most),
                handshake,
                (server, listed, modern) -> tool(server, listed, modern, checkpoints),
                this::discreet));
    }

    private String discreet(String text) {
        try {
            Stream<String> hidden = secretEnv.values().stream().flatMap(secret -> secret.value().stream());
            return new Scrubber(Stream.concat(auth.hidden().stream(), hidden).toList()).text(text);
        } catch (ToolConfigurationException e) {
            // A secret that cannot be read any more cannot be searched for.
            return "cannot be asked: " + e.getMessage();
        }
    }

    @Override
    public List<String> remarks() {
        Environment environment = new Environment(name(), Variables.ofThisProcess(), passEnv, env);
        return url != null
                ? List.of()
                : Program.missing(
                        command.get(0),
                        environment.searchPath(),
                        Path.of(workingDirectory).toAbsolutePath());
    }

    private Supplier<McpTransport> transports(int most) {
        if ((command == null || command.isEmpty()) == (url == null)) {
            throw new ToolConfigurationException(
                    "an MCP server has a command or a url: write command: [npx, -y, \"@scope/server\"] or"
                            + " url: https://host/mcp");
        }
        return url == null ? programs(most) : endpoints(most);
    }

    private Supplier<McpTransport> programs(int most) {
        command.forEach(element -> Checks.noNul("an element of command", element));
        Path directory = Program.directory(workingDirectory);
        secretEnv.values().forEach(Secret::value);
        if (isolated) {
            Isolation.prepare();
        }
        Environment environment =
                new Environment(name(), Variables.ofThisProcess(), passEnv, env).withSecrets(secretEnv);
        StdioTransport.Start start =
                new StdioTransport.Start(name(), List.copyOf(command), environment, directory, most, isolated);
        return () -> new StdioTransport(start);
    }

    private Supplier<McpTransport> endpoints(int most) {
        auth.check();
        if (!url.matches("https?://[^/?#@\\s]+([/?][^#\\s]*)?")) {
            throw new ToolConfigurationException(
                    "url is %s: write http:// or https://, the server's name and a path, without user and password (see auth)"
                            .formatted(Host.shown(url)));
        }
        Host.problem(uri()).ifPresent(problem -> {
            throw new ToolConfigurationException("url is %s: it %s".formatted(Host.shown(url), problem));
        });
        headers.forEach((name, value) -> Checks.header("header", name, value));
        HttpTransport.Target target = new HttpTransport.Target(uri(), Map.copyOf(headers), auth, most);
        return () -> new HttpTransport(target);
    }

    private URI uri() {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException(
                    "url is no URL (%s): encode special characters".formatted(Host.shown(url)), e);
        }
    }

    private Optional<Tool> tool(McpServer server, JsonNode listed, boolean modern, Checkpoints checkpoints) {
        String own = listed.path("name").isTextual() ? listed.path("name").textValue() : "";
        if (!only.isEmpty() && !only.contains(own)) {
            return Optional.empty();
        }
        try {
            // Nothing is kept for a program: its tasks end with its node.
            KeptTask.Keeper keeper = new KeptTask.Keeper(checkpoints, SettingsHash.of(name(), url, own));
            McpTool tool = new McpTool(description(own, listed), server, properties(own, listed, modern), keeper);
            return Optional.of(
                    SecretScrubbingTool.of(SecretScrubbingTool.of(tool, auth), List.copyOf(secretEnv.values())));
        } catch (IllegalArgumentException e) {
            LOG.warn("MCP server {}: tool '{}' is left out: {}", name(), own, e.getMessage());
            return Optional.empty();
        }
    }

    private ToolDescription description(String own, JsonNode listed) {
        if (own.isEmpty()) {
            throw new IllegalArgumentException("it has no name");
        }
        JsonNode schema = listed.path("inputSchema");
        JsonNode title = listed.path("title").isTextual() ? listed.path("title") : TextNode.valueOf(own);
        JsonNode text = listed.path("description").isTextual() ? listed.path("description") : title;
        return new ToolDescription(
                (prefix == null ? name() + "." : prefix) + own,
                text.textValue(),
                schema.isObject() ? schema : Rpc.object().put("type", "object"));
    }

    private McpTool.Listed properties(String own, JsonNode listed, boolean modern) {
        JsonNode hints = listed.path("annotations");
        boolean repeatable = retryLost
                || hints.path("idempotentHint").asBoolean()
                || hints.path("readOnlyHint").asBoolean();
        // Only the newer era over HTTP defines these headers; elsewhere an invalid annotation does no harm.
        MirroredParams mirrored =
                modern && url != null ? MirroredParams.of(listed.path("inputSchema")) : new MirroredParams(Map.of());
        boolean needsTask =
                listed.path("execution").path("taskSupport").asText().equals("required");
        return new McpTool.Listed(own, mirrored, needsTask, repeatable, retryErrors);
    }
}
