package io.longhaul;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.JarLocation;
import io.longhaul.cli.ArchiveCommand;
import io.longhaul.cli.BenchCommand;
import io.longhaul.cli.CheckCommand;
import io.longhaul.cli.CommandDataSources;
import io.longhaul.cli.ConfigurationFiles;
import io.longhaul.cli.DataCommand;
import io.longhaul.cli.DoctorCommand;
import io.longhaul.cli.KeyCommand;
import io.longhaul.cli.LocalCommand;
import io.longhaul.cli.McpCommand;
import io.longhaul.cli.Misspelling;
import io.longhaul.cli.ServeCommand;
import io.longhaul.cli.Usages;
import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.cli.remote.StandardOutput;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.environment.Arguments;
import io.longhaul.environment.Variables;
import io.longhaul.logging.SecretsFilter;
import io.longhaul.logging.StartupLogging;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.commands.DbCommand;
import io.longhaul.schema.commands.NamedDatabase;
import io.longhaul.schema.commands.SchemaCommand;
import io.longhaul.server.ConfiguredTools;
import io.longhaul.server.Server;
import io.longhaul.server.ToolReload;
import io.longhaul.startup.QuickStart;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.inprocess.Plugins;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of Longhaul and their wiring. */
public final class App extends Application<ServiceConfiguration> {
    private final ConfigurationFiles files = new ConfigurationFiles(Variables.ofThisProcess()::get);

    /** Runs one command and exits with 0 on success, otherwise with the command's documented code. */
    public static void main(String[] given) throws Exception {
        String[] args = arguments(given);
        try {
            clients(args);
        } catch (Variables.NoTextException e) {
            throw cannotTell(e);
        }
        if (args.length > 0 && args[0].equals("server")) {
            QuickStart.anew(Variables.ofThisProcess());
        }
        // Before the first Liquibase class is loaded, which would otherwise look up a host on the internet.
        System.setProperty("liquibase.analytics.enabled", "false");
        StartupLogging.logUncaughtExceptions();
        App app = new App();
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            // The parser prints the help of an action there by itself, as bytes.
            System.setOut(new PrintStream(new Usages(System.out), true));
        }
        if (args.length > 0 && !args[0].equals("server")) {
            app.requireCommand(args);
            StartupLogging.ofCommand();
        }
        app.run(args);
        if (args.length > 0 && !args[0].equals("server") && StandardOutput.isLost()) {
            System.err.println("Standard output cannot be written.");
            System.exit(CommandFailure.FAILED);
        }
    }

    /** The parser would print the help of all commands above what was meant. */
    private void requireCommand(String[] args) {
        List<Command> commands = commands().toList();
        List<String> names = commands.stream().map(Command::getName).toList();
        int named = names.indexOf(args[0]);
        Optional<String> wrong = Optional.empty();
        if (named >= 0) {
            wrong = args.length > 1 ? Misspelling.noAction(commands.get(named), args[1]) : wrong;
        } else if (!args[0].startsWith("-")) {
            wrong = Optional.of(Misspelling.noCommand(args[0], names));
        }
        wrong.ifPresent(message -> {
            System.err.println(message);
            System.exit(CommandFailure.CANNOT_TELL);
        });
    }

    private static String[] arguments(String[] given) throws IOException {
        try {
            return Arguments.ofThisProcess(given);
        } catch (IllegalArgumentException e) {
            throw cannotTell(e);
        }
    }

    private static RuntimeException cannotTell(IllegalArgumentException e) {
        System.err.println(e.getMessage());
        System.exit(CommandFailure.CANNOT_TELL);
        return e;
    }

    private static void clients(String[] args) {
        if (args.length > 0 && RemoteCommands.has(args[0])) {
            System.exit(remote(args));
        }
        if (args.length > 0 && args[0].equals("mcp")) {
            System.exit(mcp(args));
        }
    }

    /** The client does not need Dropwizard, and starts in a third of the time without it. */
    private static int remote(String[] args) {
        return new RemoteCommands(Variables.ofThisProcess(), System.in, new StandardOutput(), System.err)
                .beside(App::localCommands)
                .run(List.of(args));
    }

    /** The commands that do without a server, to be shown. */
    static List<CommandSpec> localCommands() {
        return new App()
                .commands()
                .filter(command -> !RemoteCommands.has(command.getName()))
                .map(LocalCommand::of)
                .toList();
    }

    /** Whoever starts it wants its first answer soon. */
    private static int mcp(String[] args) {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new McpCommand(Variables.ofThisProcess(), System.in, new FileOutputStream(FileDescriptor.out), err)
                .run(List.of(args).subList(1, args.length));
    }

    /** As Dropwizard does, but for the name of the program in usages. */
    @Override
    public void run(String... arguments) throws Exception {
        Bootstrap<ServiceConfiguration> bootstrap = new Bootstrap<>(this);
        addDefaultCommands(bootstrap);
        initialize(bootstrap);
        bootstrap.registerMetrics();
        new Cli(new JarLocation(getClass()), bootstrap, new Usages(System.out), new Usages(System.err))
                .run(arguments)
                .ifPresent(this::onFatalError);
    }

    @Override
    public String getName() {
        return "longhaul";
    }

    @Override
    protected void bootstrapLogging() {
        StartupLogging.begin(bootstrapLogLevel());
    }

    @Override
    public void initialize(Bootstrap<ServiceConfiguration> bootstrap) {
        bootstrap.setConfigurationFactoryFactory(files);
        bootstrap.setConfigurationSourceProvider(
                new SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), files.substitutor()));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<ServiceConfiguration> bootstrap) {
        commands().forEach(bootstrap::addCommand);
    }

    private Stream<Command> commands() {
        NamedDatabase<ServiceConfiguration> migration =
                new NamedDatabase<>(CommandDataSources::ofMigration, CommandDataSources::nameOfMigration);
        Stream<Command> first = Stream.of(
                new ServeCommand(this),
                new CheckCommand(text -> files.substitutor().replace(text), ConfiguredTools::check),
                new DataCommand(),
                new DoctorCommand(),
                new BenchCommand(CommandDataSources::ofBench),
                new ArchiveCommand(CommandDataSources::ofBench));
        Stream<Command> last = Stream.of(
                new McpCommand.Listing(),
                new KeyCommand(CommandDataSources::ofCommand),
                new DbCommand<>(
                        ServiceConfiguration.class,
                        migration,
                        configuration -> configuration.database().isEmbedded()),
                new SchemaCommand<>(
                        ServiceConfiguration.class,
                        new NamedDatabase<>(CommandDataSources::ofCommand, CommandDataSources::nameOfCommand),
                        migration));
        return Stream.of(first, RemoteCommands.Listing.all(), last).flatMap(part -> part);
    }

    @Override
    protected void onFatalError(Throwable error) {
        Misspelling.cure(error).ifPresent(System.err::println);
        System.exit(CommandFailure.exitCodeOf(error));
    }

    @Override
    public void run(ServiceConfiguration configuration, Environment environment) throws Exception {
        configuration.database().passwords().forEach(SecretsFilter::hide);
        Plugins plugins = Plugins.in(configuration.plugins());
        ToolContext toolContext = new ToolContext(plugins.loaders());
        ToolRegistry registry = ToolRegistry.of(ConfiguredTools.tools(configuration, plugins, toolContext));
        ToolReload reload = new ToolReload(
                again -> ConfiguredTools.tools(files.readAgain(), plugins, again),
                registry,
                toolContext,
                files.isNamed());
        new Server(configuration, environment, registry, toolContext, reload, files.cures()).assemble();
    }
}
