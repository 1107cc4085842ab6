package io.longhaul.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.doctor.Doctor;
import io.longhaul.doctor.Report;
import io.longhaul.doctor.Result;
import io.longhaul.doctor.Setup;
import io.longhaul.doctor.Verdict;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import java.nio.file.Path;
import java.util.Optional;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code doctor}: checks a running set-up and says what to change. */
public final class DoctorCommand extends Command {
    public DoctorCommand() {
        super("doctor", "Checks a running set-up: database, role, schema, nodes, machine; says what to change.");
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        parser.description("Changes nothing. Each line says ok, warn, fail or unknown, what was seen, and the cure."
                + " Exits 0 if nothing failed, 1 if something did, 2 if nothing failed but something could not be"
                + " checked.");
        Examples.add(parser, "doctor");
        parser.addArgument("file").nargs("?").help("application configuration file");
        parser.addArgument("--json").action(Arguments.storeTrue()).help("print JSON");
        parser.addArgument("--strict").action(Arguments.storeTrue()).help("exit 1 for warnings, too");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        String file = arguments.getString("file");
        Report report = look(ConfigurationFiles.read(bootstrap, file), file == null ? "" : file);
        System.out.println(
                arguments.getBoolean("json")
                        ? new ObjectMapper()
                                .enable(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(report.json())
                        : report.text());
        int exitCode = report.exitCode(arguments.getBoolean("strict"));
        if (exitCode != 0) {
            throw new CommandFailure(exitCode, "");
        }
    }

    private static Report look(ServiceConfiguration configuration, String file) {
        Path data = Path.of(configuration.dataFolder());
        boolean embedded = configuration.database().isEmbedded();
        Setup setup = new Setup(
                configuration.database(),
                embedded ? Optional.of(data) : Optional.empty(),
                configuration.files().root(),
                configuration.files().maxJobBytes(),
                configuration.oldTransaction(),
                ConnectorKeys.of(configuration.getServerFactory()),
                file);
        if (CommandDataSources.isNotMadeYet(configuration)) {
            // Attaching would make a new database.
            return Doctor.lookHere(
                    setup,
                    new Result(
                            "database",
                            Verdict.UNKNOWN,
                            "No server has run on " + data.toAbsolutePath() + " yet.",
                            "Start one (" + new Cures(file).toCaller().command("server") + "), or name "
                                    + (file.isEmpty() ? "a" : "another") + " configuration file."));
        }
        try {
            CommandDataSources.reached(configuration);
        } catch (RuntimeException e) {
            Diagnosis why = Diagnosis.of(e, new Cures(file).toCaller());
            return Doctor.lookHere(setup, new Result("database", Verdict.FAIL, why.cause(), why.cure()));
        }
        return Doctor.look(setup);
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        String text = Diagnosis.of(error, Cures.of(arguments)).text();
        if (!text.isEmpty()) {
            cli.getStdErr().println("doctor: " + text);
        }
    }
}
