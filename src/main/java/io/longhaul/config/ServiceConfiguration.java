package io.longhaul.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.ops.access.AccessConfiguration;
import io.longhaul.remote.RemoteConfiguration;
import io.longhaul.schema.SchemaConfiguration;
import io.longhaul.tools.ToolsConfiguration;
import io.longhaul.webhooks.WebhooksConfiguration;
import io.longhaul.workers.WorkerConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** What {@code config.yml} holds. Filled once at start and only read from then on. */
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

    /** Where this server is reached from outside; empty for where it listens. */
    private String publicUrl = "";

    /**
     * Takes where this server is reached from outside.
     *
     * @param given an address, or null or empty for where it listens
     */
    @JsonProperty("publicUrl")
    void setPublicUrl(String given) {
        ApiConfiguration.checkPublicUrl(given == null ? "" : given);
        publicUrl = given;
    }

    /**
     * The database.
     *
     * @return where it is and how it is used
     */
    public DatabaseConfiguration database() {
        return database;
    }

    /**
     * Where the embedded PostgreSQL keeps its data.
     *
     * @return a folder
     */
    public String dataFolder() {
        return dataFolder;
    }

    /**
     * The schema.
     *
     * @return what to do when it is missing or wrong at start
     */
    public SchemaConfiguration schema() {
        return schema;
    }

    /**
     * How this node works.
     *
     * @return slots, leases and times
     */
    public WorkerConfiguration workers() {
        return workers;
    }

    /**
     * How workers elsewhere are served.
     *
     * @return their lease
     */
    public RemoteConfiguration remote() {
        return remote;
    }

    /**
     * The tools of the configuration file itself.
     *
     * @return one factory per entry
     */
    public ToolsConfiguration tools() {
        return tools;
    }

    /**
     * Files of jobs.
     *
     * @return how large they may be
     */
    public FilesConfiguration files() {
        return files;
    }

    /**
     * The HTTP API.
     *
     * @return limits of requests
     */
    public ApiConfiguration api() {
        return api;
    }

    /**
     * Webhooks.
     *
     * @return where they may go, and how hard it is tried
     */
    public WebhooksConfiguration webhooks() {
        return webhooks;
    }

    /**
     * Who may use the API.
     *
     * @return how they say who they are
     */
    public AccessConfiguration auth() {
        return auth;
    }

    /**
     * Plug-ins.
     *
     * @return a folder, or empty
     */
    public String plugins() {
        return plugins == null ? "" : plugins;
    }

    /**
     * Where this server is reached from outside.
     *
     * @return such as {@code https://jobs.example.org}, or empty
     */
    public String publicUrl() {
        return publicUrl == null ? "" : publicUrl;
    }

    /**
     * The age from which an open transaction in the database is warned of.
     *
     * @return at least a second
     */
    public java.time.Duration oldTransaction() {
        return oldTransaction.toJavaDuration();
    }

    /**
     * More tools.
     *
     * @return a file or folder, or empty
     */
    public String toolFiles() {
        return toolFiles == null ? "" : toolFiles;
    }
}
