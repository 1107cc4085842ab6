package io.longhaul.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.bench.StartupArchive;
import io.longhaul.bench.Target;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code archive}: makes a file that speeds up later starts of this jar. Exits 0 if it is there, else 1. */
public final class ArchiveCommand extends Command {
    private static final int BUSY_SECONDS = 5;

    private final Function<ServiceConfiguration, Target> target;

    /** @param target finds the database in a configuration */
    public ArchiveCommand(Function<ServiceConfiguration, Target> target) {
        super("archive", "Makes a file that servers start from in half the time (-XX:AOTCache).");
        this.target = target;
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        parser.description(
                "Runs a server of this jar on a schema of its own beside yours for some seconds, keeps what Java"
                        + " learned of it, and drops the schema. The archive fits this jar and this Java only: make"
                        + " it again after an update of either. A server that it does not fit starts as without.");
        Examples.add(parser, "archive");
        parser.addArgument("file").nargs("?").help("application configuration file");
        parser.addArgument("--seconds")
                .type(Integer.class)
                .choices(Arguments.range(1, 600))
                .setDefault(BUSY_SECONDS)
                .help("how long each kind of work is done (%d)".formatted(BUSY_SECONDS));
        parser.addArgument("--output").help("where to write it (app.aot; before Java 25 app.jsa)");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        ServiceConfiguration configuration = ConfigurationFiles.read(bootstrap, arguments.getString("file"));
        String output = arguments.getString("output");
        Path file = output == null ? StartupArchive.usualFile() : Path.of(output);
        Duration busy = Duration.ofSeconds(arguments.getInt("seconds"));
        new StartupArchive(target.apply(configuration), busy, System.err::println).make(file);
        System.out.printf(
                "%s has %d MB. Start with it:%n  java %s -jar %s server%n",
                file, Files.size(file) >> 20, StartupArchive.use(file), System.getProperty("java.class.path"));
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr()
                .println("archive: " + Diagnosis.of(error, Cures.of(arguments)).text());
    }
}
