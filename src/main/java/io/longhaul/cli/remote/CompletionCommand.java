package io.longhaul.cli.remote;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** {@code completion}: a script that lets a shell complete these commands and their options. */
@Command(
        name = "completion",
        description = "Prints a script by which a shell completes commands and options of the program longhaul.",
        footer = {
            "Examples:",
            "  source <(longhaul completion bash)      # zsh as well, after: autoload -U +X bashcompinit && bashcompinit",
            "  longhaul completion fish > ~/.config/fish/completions/longhaul.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    private static final String NAME = "longhaul";

    @Parameters(paramLabel = "bash|zsh|fish", description = "the shell")
    private Kind kind;

    private final Shell shell;
    private final Supplier<List<CommandSpec>> local;

    /** A shell. */
    enum Kind {
        bash,
        zsh,
        fish
    }

    /** @param local makes the commands that do without a server */
    CompletionCommand(Shell shell, Supplier<List<CommandSpec>> local) {
        this.shell = shell;
        this.local = local;
    }

    @Override
    public Integer call() {
        CommandLine all = new RemoteCommands(shell).commands(RemoteCommands.names());
        local.get().forEach(command -> all.addSubcommand(command.name(), command));
        shell.print(kind == Kind.fish ? fish(all) : AutoComplete.bash(NAME, all));
        return ExitCode.DONE;
    }

    /** picocli writes none for fish. */
    private static String fish(CommandLine all) {
        Stream<String> first = all.getSubcommands().entrySet().stream()
                .map(command -> line("__fish_use_subcommand", "-f -a " + command.getKey(), command.getValue()));
        Stream<String> rest = all.getSubcommands().entrySet().stream()
                .flatMap(command -> within(command.getKey(), command.getValue()));
        return Stream.concat(first, rest).collect(Collectors.joining("\n"));
    }

    private static Stream<String> within(String name, CommandLine command) {
        if (command.getSubcommands().isEmpty()) {
            return options("__fish_seen_subcommand_from " + name, command);
        }
        String actions = String.join(" ", command.getSubcommands().keySet());
        String before = "__fish_seen_subcommand_from " + name + "; and not __fish_seen_subcommand_from " + actions;
        Stream<String> lines = command.getSubcommands().entrySet().stream()
                .map(action -> line(before, "-f -a " + action.getKey(), action.getValue()));
        Stream<String> options = command.getSubcommands().entrySet().stream()
                .flatMap(action -> options(
                        "__fish_seen_subcommand_from " + name + "; and __fish_seen_subcommand_from " + action.getKey(),
                        action.getValue()));
        return Stream.concat(lines, options);
    }

    private static Stream<String> options(String when, CommandLine command) {
        return command.getCommandSpec().options().stream()
                .map(option -> "complete -c " + NAME + " -n '" + when + "' -l "
                        + option.longestName().substring(2) + (needsValue(option) ? " -r" : "") + " -d '"
                        + quoted(option.description()) + "'");
    }

    private static boolean needsValue(OptionSpec option) {
        return option.arity().min() > 0;
    }

    private static String line(String when, String what, CommandLine command) {
        return "complete -c " + NAME + " -n '" + when + "' " + what + " -d '"
                + quoted(command.getCommandSpec().usageMessage().description()) + "'";
    }

    private static String quoted(String... texts) {
        return String.join(" ", List.of(texts)).replace("\\", "\\\\").replace("'", "\\'");
    }
}
