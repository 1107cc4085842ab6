package io.longhaul.cli.remote;

import io.longhaul.cli.remote.Shell.Watch;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;

/** {@code --watch}: a command that has this option is run again and again, if it is given. */
final class Watching {
    private static final int USUAL_SECONDS = 2;
    private static final String CLEAR = "\u001B[H\u001B[2J";

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            parameterConsumer = Seconds.class,
            description = "shows it again every 2 seconds, or every so many, until it is interrupted")
    private Integer seconds;

    private final Shell shell;

    Watching(Shell shell) {
        this.shell = shell;
    }

    /** Takes the next word if it is a number. */
    static final class Seconds extends Values.OptionalValue {
        @Override
        void check(String word) {
            if (!word.matches("[1-9][0-9]{0,4}")) {
                throw new TypeConversionException("\"" + word + "\" is no number of seconds: write 1 to 99999");
            }
        }

        @Override
        Object value(String word) {
            return word == null ? Integer.valueOf(USUAL_SECONDS) : Integer.valueOf(word);
        }
    }

    /** Runs a command once, or until nobody wants to see what it shows again. Help is shown once. */
    static int run(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            refuseOptions(last);
            last = last.subcommand();
        }
        IntSupplier command = () -> new RunLast().execute(parsed);
        return last.commandSpec().mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(Watching.class::isInstance)
                .map(watching -> ((Watching) watching).show(command))
                .findFirst()
                .orElseGet(command::getAsInt);
    }

    /** An action has options of its own: it would not know of those before it, such as a server. */
    private static void refuseOptions(ParseResult before) {
        before.commandSpec().options().stream()
                .filter(option -> isGiven(option, before))
                .findFirst()
                .ifPresent(option -> {
                    CommandSpec action = before.subcommand().commandSpec();
                    String name = option.longestName();
                    throw new ParameterException(
                            before.commandSpec().commandLine(),
                            action.findOption(name) == null
                                    ? "the action " + action.name() + " has no " + name
                                    : "write " + name + " behind the action " + action.name());
                });
    }

    /** What a consumer of ours has taken, picocli does not count as matched. */
    private static boolean isGiven(OptionSpec option, ParseResult in) {
        return in.hasMatchedOption(option) || (option.parameterConsumer() != null && option.getValue() != null);
    }

    private int show(IntSupplier view) {
        if (seconds == null) {
            return view.getAsInt();
        }
        Watch watch = shell.watch();
        int exit;
        do {
            shell.out().print(shell.terminals().out() ? CLEAR : "");
            exit = view.getAsInt();
            shell.out().flush();
        } while (watch.again(seconds));
        return exit;
    }
}
