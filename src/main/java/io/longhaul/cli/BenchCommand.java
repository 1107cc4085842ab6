package io.longhaul.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.bench.Bench;
import io.longhaul.bench.Report;
import io.longhaul.bench.Target;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import java.time.Duration;
import java.util.function.Function;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code bench}: measures this release on the configured database. Exits 0 if it could, else 1. */
public final class BenchCommand extends Command {
    private final Function<ServiceConfiguration, Target> target;

    /** @param target finds the database in a configuration */
    public BenchCommand(Function<ServiceConfiguration, Target> target) {
        super("bench", "Measures submit, drain, pick-up and programs on your database, each beside a floor.");
        this.target = target;
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        parser.description(
                "Starts servers of this release on a schema of its own beside yours, measures them, and drops"
                        + " the schema. Your jobs are not touched, but the database and this machine are kept busy."
                        + " The floor of submit, drain and pick-up is plain SQL, that of programs is xargs, and that of"
                        + " a new server is the same server when it is warm.");
        Examples.add(parser, "bench");
        parser.addArgument("file").nargs("?").help("application configuration file");
        parser.addArgument("--jobs").type(Integer.class).help("how many jobs a drain takes (20000)");
        parser.addArgument("--seconds").type(Integer.class).help("how long each submit is measured (4)");
        parser.addArgument("--runs").type(Integer.class).help("how often all is measured; medians are shown (3)");
        parser.addArgument("--smoke").action(Arguments.storeTrue()).help("only see whether it works");
        parser.addArgument("--json").action(Arguments.storeTrue()).help("print JSON");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        ServiceConfiguration configuration = ConfigurationFiles.read(bootstrap, arguments.getString("file"));
        Bench.Result result = new Bench(target.apply(configuration), plan(arguments), System.err::println).run();
        System.out.print(arguments.getBoolean("json") ? Report.json(result) + "\n" : Report.table(result));
    }

    private static Bench.Plan plan(Namespace arguments) {
        Bench.Plan usual = arguments.getBoolean("smoke") ? Bench.Plan.SMOKE : Bench.Plan.USUAL;
        return new Bench.Plan(
                positive(arguments, "jobs", usual.jobs()),
                arguments.getInt("seconds") == null
                        ? usual.time()
                        : Duration.ofSeconds(positive(arguments, "seconds", 1)),
                positive(arguments, "runs", usual.runs()),
                usual.samples(),
                usual.warmUp(),
                usual.settle(),
                usual.idle(),
                usual.slots());
    }

    private static int positive(Namespace arguments, String name, int usual) {
        Integer given = arguments.getInt(name);
        if (given != null && given < 1) {
            throw new IllegalArgumentException("--" + name + " is " + given + ": write a number from 1 on");
        }
        return given == null ? usual : given;
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr()
                .println("bench: " + Diagnosis.of(error, Cures.of(arguments)).text());
    }
}
