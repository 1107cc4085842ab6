package io.longhaul;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.bench.Target;
import io.longhaul.cli.ArchiveCommand;
import io.longhaul.cli.BenchCommand;
import io.longhaul.cli.CheckCommand;
import io.longhaul.cli.ConfigurationFiles;
import io.longhaul.cli.JobCommand;
import io.longhaul.cli.JobListing;
import io.longhaul.cli.KeyCommand;
import io.longhaul.cli.ServeCommand;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.ops.SecretsFilter;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.commands.DbCommand;
import io.longhaul.schema.commands.SchemaCommand;
import io.longhaul.server.Server;
import io.longhaul.server.ToolReload;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFiles;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.tools.inprocess.Plugins;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Longhaul: the commands, and what each is made of. */
public final class App extends Application<ServiceConfiguration> {
    /** What {@code server} without a version in its manifest, as in tests, calls itself. */
    public static final String VERSION = version();

    private final ConfigurationFiles files = new ConfigurationFiles(System::getenv);

    /**
     * Runs one command and exits: 0 for done, else what the command's page says.
     *
     * @param args the command and its arguments; none for a list of commands
     * @throws Exception never in practice: commands report their own failures
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("job")) {
            System.exit(job(args));
        }
        // Before the first Liquibase class is loaded, or it looks up a host on the internet.
        System.setProperty("liquibase.analytics.enabled", "false");
        new App().run(args);
    }

    /** A client needs nothing of Dropwizard's, and starts in a third of the time without. */
    private static int job(String[] args) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false, StandardCharsets.UTF_8);
        return new JobCommand(System.getenv(), System.in, out, System.err)
                .run(List.of(args).subList(1, args.length));
    }

    @Override
    public String getName() {
        return "longhaul";
    }

    @Override
    public void initialize(Bootstrap<ServiceConfiguration> bootstrap) {
        SecretsFilter.install();
        bootstrap.setConfigurationFactoryFactory(files);
        bootstrap.setConfigurationSourceProvider(
                new SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), files.substitutor()));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<ServiceConfiguration> bootstrap) {
        bootstrap.addCommand(new ServeCommand(this));
        bootstrap.addCommand(new CheckCommand(text -> files.substitutor().replace(text), App::checked));
        bootstrap.addCommand(new BenchCommand(App::benchTarget));
        bootstrap.addCommand(new ArchiveCommand(App::benchTarget));
        bootstrap.addCommand(new JobListing());
        bootstrap.addCommand(new KeyCommand(App::databaseOfCommand));
        bootstrap.addCommand(new DbCommand<>(
                ServiceConfiguration.class,
                App::databaseOfMigration,
                configuration -> configuration.database().isEmbedded()));
        bootstrap.addCommand(
                new SchemaCommand<>(ServiceConfiguration.class, App::databaseOfCommand, App::databaseOfMigration));
    }

    @Override
    protected void onFatalError(Throwable error) {
        System.exit(CommandFailure.exitCodeOf(error));
    }

    @Override
    public void run(ServiceConfiguration configuration, Environment environment) throws Exception {
        hidePasswords(configuration.database());
        Plugins plugins = Plugins.in(configuration.plugins());
        ToolContext surroundings = new ToolContext(plugins.loaders());
        ToolRegistry registry = ToolRegistry.of(tools(configuration, plugins, surroundings));
        ToolReload reload = new ToolReload(
                again -> tools(files.readAgain(), plugins, again), registry, surroundings, files.isNamed());
        new Server(configuration, environment, registry, surroundings, reload).assemble();
    }

    private static String checked(ServiceConfiguration configuration, String file, String text) {
        Plugins plugins = Plugins.in(configuration.plugins());
        ToolContext looked = new ToolContext(plugins.loaders());
        List<String> mistakes = mistakes(configuration, file, text, looked);
        if (!mistakes.isEmpty()) {
            throw new ToolConfigurationException(mistakes);
        }
        ToolContext surroundings = new ToolContext(plugins.loaders());
        String tools = String.join(
                ", ",
                ToolRegistry.of(tools(configuration, plugins, surroundings)).names());
        String found = plugins.names().isEmpty() ? "" : ". Plug-ins: " + String.join(", ", plugins.names());
        String live = surroundings.live().isEmpty()
                ? ""
                : ". MCP servers, which were not asked: " + surroundings.live().size();
        String remarks = looked.remarks().stream()
                .map(remark -> System.lineSeparator() + "On this machine: " + remark)
                .collect(Collectors.joining());
        return "Tools: " + tools + found + live + remarks;
    }

    /** Looked for first by themselves, so that all are told at once, each with its line. */
    private static List<String> mistakes(
            ServiceConfiguration configuration, String file, String text, ToolContext surroundings) {
        List<String> mistakes = new ArrayList<>(new ToolFiles().mistakes(text, file, surroundings));
        try {
            if (!configuration.toolFiles().isBlank()) {
                new ToolFiles().load(Path.of(configuration.toolFiles()), surroundings);
            }
        } catch (ToolConfigurationException e) {
            mistakes.addAll(e.problems());
        }
        return mistakes;
    }

    static List<RegisteredTool> tools(ServiceConfiguration configuration, Plugins plugins, ToolContext surroundings) {
        List<RegisteredTool> tools = new ArrayList<>(BuiltIn.tools());
        tools.addAll(configuration.tools().build("config.yml", surroundings));
        if (!configuration.toolFiles().isBlank()) {
            tools.addAll(new ToolFiles().load(Path.of(configuration.toolFiles()), surroundings));
        }
        tools.addAll(plugins.tools(surroundings.named()));
        return tools;
    }

    /** A command on the embedded database uses the server that runs, or starts one for as long as the command lasts. */
    private static PooledDataSourceFactory databaseOfCommand(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            // Its exit hook ends it with the command.
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(Path.of(configuration.dataFolder()));
            database.connectTo(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        hidePasswords(database);
        database.asSingleConnectionPool();
        return database;
    }

    /** Nothing in its form tells that a password is one. */
    static void hidePasswords(DatabaseConfiguration database) {
        database.passwords().forEach(SecretsFilter::hide);
    }

    /** Measuring on the embedded database starts another one, so that a server which runs is not disturbed. */
    private static Target benchTarget(ServiceConfiguration configuration) {
        DatabaseConfiguration database = configuration.database();
        if (database.isEmbedded()) {
            EmbeddedPostgres postgres = EmbeddedPostgres.attach(
                    Path.of(System.getProperty("java.io.tmpdir"), "longhaul-bench-" + System.getProperty("user.name")));
            return new Target(postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
        DatabaseConfiguration direct = database.direct();
        return new Target(direct.getUrl(), direct.getUser(), direct.getPassword());
    }

    /** Whoever changes the schema may be another role than the server's, past a pooler. */
    private static PooledDataSourceFactory databaseOfMigration(ServiceConfiguration configuration) {
        if (configuration.database().isEmbedded()) {
            return databaseOfCommand(configuration);
        }
        hidePasswords(configuration.database());
        DatabaseConfiguration database = configuration.database().forMigrations();
        database.asSingleConnectionPool();
        return database;
    }

    private static String version() {
        String version = App.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
