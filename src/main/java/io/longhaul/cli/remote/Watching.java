package io.longhaul.cli.remote;

import io.longhaul.cli.remote.Shell.Watch;
import java.util.Stack;
import java.util.function.IntSupplier;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --watch}: shows the same again and again. */
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

    /** Takes the next word only if it is a number. */
    static final class Seconds implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            boolean given = !words.isEmpty() && words.peek().matches("[1-9][0-9]{0,4}");
            option.setValue(given ? Integer.valueOf(words.pop()) : Integer.valueOf(USUAL_SECONDS));
        }
    }

    /** Shows a view once, or until nobody wants to see it again. */
    int show(IntSupplier view) {
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
