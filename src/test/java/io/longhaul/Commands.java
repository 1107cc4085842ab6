package io.longhaul;

import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.cli.Misspelling;
import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.cli.remote.RemoteTree;
import io.longhaul.config.ServiceConfiguration;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.helper.HelpScreenException;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** All commands of the program, to be parsed as the program does and not to be run. */
final class Commands {
    private final CommandLine remote = RemoteTree.tree();
    private final SortedMap<String, Subparser> local = new TreeMap<>();
    private final ArgumentParser parser =
            ArgumentParsers.newFor("longhaul").terminalWidthDetection(false).build();

    Commands() {
        App app = new App();
        Bootstrap<ServiceConfiguration> bootstrap = new Bootstrap<>(app);
        app.addDefaultCommands(bootstrap);
        Subparsers commands = parser.addSubparsers();
        bootstrap.getCommands().stream()
                .filter(command -> !RemoteCommands.has(command.getName()))
                .forEach(command -> {
                    Subparser words = commands.addParser(command.getName());
                    command.configure(words);
                    local.put(command.getName(), words);
                });
    }

    /** Commands that do without a server, by their names. */
    SortedMap<String, Subparser> local() {
        return local;
    }

    /** The help of a command that does without a server. */
    String help(String words) {
        PrintStream before = System.out;
        // The parser prints the help by itself, too.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            parser.parseArgs((words + " --help").split(" "));
            throw new AssertionError("no help of " + words);
        } catch (HelpScreenException e) {
            StringWriter help = new StringWriter();
            e.getParser().printHelp(new PrintWriter(help));
            return help.toString();
        } catch (ArgumentParserException e) {
            throw new AssertionError(words, e);
        } finally {
            System.setOut(before);
        }
    }

    /** All commands without a server, with their actions: {@code check}, {@code db migrate}. */
    List<String> actions() {
        return local.keySet().stream()
                .flatMap(name -> {
                    Matcher choices = Pattern.compile("\\{([\\w,-]+)\\}")
                            .matcher(help(name).replaceAll("\\s", ""));
                    return choices.find()
                            ? Stream.of(choices.group(1).split(",")).map(action -> name + " " + action)
                            : Stream.of(name);
                })
                .toList();
    }

    /** What is wrong with the words of a command; empty if nothing is. */
    String problem(List<String> words) {
        try {
            if (RemoteCommands.has(words.get(0))) {
                remote.parseArgs(words.toArray(String[]::new));
            } else {
                parser.parseArgs(words.toArray(String[]::new));
            }
            return "";
        } catch (ParameterException | ArgumentParserException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * What the program does not know of words that begin with the name of a command and one more: a page may leave out what a
     * command needs. Empty if it knows all, or if they are no command.
     */
    String unknown(List<String> words) {
        if (words.size() < 2 || !local.containsKey(words.get(0)) && !RemoteCommands.has(words.get(0))) {
            return "";
        }
        try {
            if (RemoteCommands.has(words.get(0))) {
                remote.parseArgs(words.toArray(String[]::new));
            } else {
                parser.parseArgs(words.toArray(String[]::new));
            }
            return "";
        } catch (MissingParameterException | HelpScreenException e) {
            return "";
        } catch (ParameterException | ArgumentParserException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains("too few arguments") || message.contains(" is required")
                    ? ""
                    : String.join(" ", words) + ": " + message;
        }
    }

    /** What the program adds to its message about words that it does not know; empty if nothing. */
    String cure(String words) {
        try {
            parser.parseArgs(words.split(" "));
            return "";
        } catch (ArgumentParserException e) {
            return Misspelling.cure(e).orElse("");
        }
    }
}
