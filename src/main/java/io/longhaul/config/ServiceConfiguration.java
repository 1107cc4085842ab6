package io.longhaul.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.console.ConsoleConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.logging.LoggingConfiguration;
import io.longhaul.mcp.McpConfiguration;
import io.longhaul.schema.SchemaConfiguration;
import io.longhaul.tools.definitions.ToolsConfiguration;
import io.longhaul.webhooks.WebhooksConfiguration;
import io.longhaul.workers.node.WorkerConfiguration;
import io.longhaul.workers.remote.RemoteConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** The content of {@code config.yml}. Filled once at start, and only read from then on. */
public final class ServiceConfiguration extends Configuration {
    @Valid
    @NotNull
    @JsonProperty
    private DatabaseConfiguration database = new DatabaseConfiguration();

    /** Folder of the embedded PostgreSQL; unused with any other. */
    @NotNull
    @JsonProperty
    private String dataFolder = "longhaul-data";

    @NotNull
    @JsonProperty
    private SchemaConfiguration schema = SchemaConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private WorkerConfiguration workers = WorkerConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private RemoteConfiguration remote = RemoteConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private ToolsConfiguration tools = ToolsConfiguration.NONE;

    @NotNull
    @JsonProperty
    private FilesConfiguration files = FilesConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private ApiConfiguration api = ApiConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private WebhooksConfiguration webhooks = WebhooksConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private McpConfiguration mcp = McpConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private ConsoleConfiguration console = ConsoleConfiguration.DEFAULT;

    @NotNull
    @JsonProperty
    private AccessConfiguration auth = AccessConfiguration.DEFAULT;

    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    private Duration oldTransaction = Duration.minutes(5);

    /** A YAML file with more tools, or a folder of them; empty for none. */
    @JsonProperty
    private String toolFiles = "";

    /** A folder with plug-in jars; empty for none. */
    @JsonProperty
    private String plugins = "";

    /** Address of this server as clients see it; empty for its own address. */
    private String publicUrl = "";

    @JsonProperty("publicUrl")
    void setPublicUrl(String given) {
        ApiConfiguration.checkPublicUrl(given == null ? "" : given);
        publicUrl = given;
    }

    @Override
    @JsonProperty("logging")
    public synchronized void setLoggingFactory(LoggingFactory given) {
        LoggingConfiguration.checkLevels(given);
        super.setLoggingFactory(given);
    }

    @Override
    public synchronized LoggingFactory getLoggingFactory() {
        return new LoggingConfiguration(super.getLoggingFactory(), workers.node());
    }

    public DatabaseConfiguration database() {
        return database;
    }

    public String dataFolder() {
        return dataFolder;
    }

    public SchemaConfiguration schema() {
        return schema;
    }

    public WorkerConfiguration workers() {
        return workers;
    }

    public RemoteConfiguration remote() {
        return remote;
    }

    /** The tools of the configuration file itself: one factory for each entry. */
    public ToolsConfiguration tools() {
        return tools;
    }

    public FilesConfiguration files() {
        return files;
    }

    public ApiConfiguration api() {
        return api;
    }

    public WebhooksConfiguration webhooks() {
        return webhooks;
    }

    public McpConfiguration mcp() {
        return mcp;
    }

    public ConsoleConfiguration console() {
        return console;
    }

    public AccessConfiguration auth() {
        return auth;
    }

    public String plugins() {
        return plugins == null ? "" : plugins;
    }

    public String publicUrl() {
        return publicUrl == null ? "" : publicUrl;
    }

    /** The age from which an open transaction in the database causes a warning. */
    public java.time.Duration oldTransaction() {
        return oldTransaction.toJavaDuration();
    }

    public String toolFiles() {
        return toolFiles == null ? "" : toolFiles;
    }
}
