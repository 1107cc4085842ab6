package io.longhaul.cli;

import io.dropwizard.core.cli.Command;
import io.longhaul.cli.remote.Suggestion;
import io.longhaul.environment.Program;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.internal.UnrecognizedArgumentException;
import net.sourceforge.argparse4j.internal.UnrecognizedCommandException;

/** What was probably meant by a word that the parser of commands without a server does not know. */
public final class Misspelling {
    private static final Pattern CHOICE = Pattern.compile("(?<=[{,])[a-z-]+(?=[,}])");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    private Misspelling() {}

    /** One line for people whose first word is no command. */
    public static String noCommand(String word, List<String> names) {
        return "There is no command \"" + word + "\"."
                + Suggestion.of(word, names)
                        .map(meant -> " Did you mean " + meant + "?")
                        .orElse("")
                + " See " + Program.called() + " --help.";
    }

    /** One line for people whose second word is no action; the parser would take a part of its name. Empty if nothing is wrong. */
    public static Optional<String> noAction(Command command, String word) {
        Set<String> actions = LocalCommand.of(command).subcommands().keySet();
        if (actions.isEmpty() || actions.contains(word) || word.startsWith("-")) {
            return Optional.empty();
        }
        String meant = Suggestion.of(word, actions)
                .map(action -> " Did you mean " + action + "?")
                .orElse("");
        return Optional.of(command.getName() + ": there is no \"" + word + "\": " + String.join(", ", actions)
                + " are there." + meant + " See " + Program.called() + " " + command.getName() + " --help.");
    }

    /** One line for people, if the error is a misspelling, or an option in front of its command. */
    public static Optional<String> cure(Throwable error) {
        if (!(error instanceof ArgumentParserException unread)) {
            return Optional.empty();
        }
        if (error instanceof UnrecognizedCommandException command) {
            return Suggestion.of(command.getCommand(), names(CHOICE, unread.getParser()))
                    .map(meant -> "Did you mean " + meant + "?");
        }
        if (error instanceof UnrecognizedArgumentException argument) {
            String word = argument.getArgument().replaceAll("=.*", "");
            boolean inFront = names(CHOICE, unread.getParser()).contains("server");
            return Suggestion.of(word, names(OPTION, unread.getParser()))
                    .map(meant -> "Did you mean " + meant + "?")
                    .or(() -> inFront
                            ? Optional.of(
                                    "Options stand behind their command, as in: job list --url http://127.0.0.1:8080")
                            : Optional.empty());
        }
        return Optional.empty();
    }

    /** The parser shows its words to people alone. */
    private static List<String> names(Pattern pattern, ArgumentParser parser) {
        return pattern.matcher(parser.formatHelp().replaceAll("\\s*\n\\s*", "\n"))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }
}
