package io.longhaul.cli.remote;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code manual}: the man page of the program, made from the commands as they are. */
@Command(
        name = "manual",
        description = "Prints the man page of the program longhaul.",
        footer = {"Examples:", "  longhaul manual | man -l -", "  longhaul manual > ~/.local/share/man/man1/longhaul.1"
        })
final class ManualCommand implements Callable<Integer> {
    private static final String BEGIN = """
            .TH LONGHAUL 1 "" "Longhaul %s" "Commands of users"
            .SH NAME
            longhaul \\- a durable job API for any long\\-running tool, on PostgreSQL
            .SH SYNOPSIS
            .B longhaul
            .I COMMAND
            [\\fIARGUMENT\\fR ...]
            .SH DESCRIPTION
            Longhaul takes jobs {tool, params} over HTTP, keeps them in PostgreSQL and runs their tools until they have ended.
            .B longhaul server
            serves; it uses the PostgreSQL inside the jar unless DATABASE_URL names another, or a configuration file does.
            Every command has \\-\\-help.
            """;

    /** Commands of Dropwizard, which need a database or a configuration and no server; CommandsTest knows whether all are here. */
    private static final String LOCAL = """
            server [config.yml]|Serves the job API and works on jobs.
            check [config.yml]|Says whether a configuration is valid, tools included.
            db ACTION [config.yml]|Changes the schema: migrate, rollback, status, tag and others of Liquibase; roles prints the SQL of its roles.
            schema ACTION [config.yml]|verify, show, diff, adopt: compares the schema with the one of this release.
            key ACTION [config.yml]|create, list, revoke: API keys.
            data ACTION [config.yml]|export, import: all data into a file, and from one; upgrade: of the PostgreSQL inside the jar.
            doctor [config.yml]|Checks a running set-up: database, role, schema, nodes, machine; says what to change.
            bench [config.yml]|Measures submit, drain, pick-up and programs on your database, each beside a floor.
            archive [config.yml]|Makes a file that servers start from in half the time.
            mcp [config.yml]|Tools of a running server over standard input and output, for hosts that start a program.
            """;

    private static final String END = """
            .SH EXIT STATUS
            Of commands that ask a server: 0 when done, 1 if a job failed or was cancelled, 2 if the command is wrong or was
            refused, 3 if no server answered or the time was over.
            .SH ENVIRONMENT
            .TP
            .B DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD
            the database
            .TP
            .B LONGHAUL_URL, LONGHAUL_API_KEY, LONGHAUL_SERVER
            the server that commands ask, a key of it, or a name in servers.yml
            .TP
            .B LONGHAUL_JAVA, LONGHAUL_JAVA_OPTS, LONGHAUL_JAR
            another Java, options for it, another jar
            .PP
            config.yml names all others.
            .SH FILES
            .TP
            .I ~/.config/longhaul/servers.yml
            servers by name, with their keys
            .TP
            .I /etc/longhaul/config.yml, /etc/default/longhaul
            settings of the service, where the package is installed
            .TP
            .I /usr/share/doc/longhaul
            licences and the bill of materials
            """;

    private final Shell shell;

    ManualCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        CommandLine all = new RemoteCommands(shell).commands(RemoteCommands.names());
        shell.print(page(all));
        return ExitCode.DONE;
    }

    private static String page(CommandLine all) {
        String version = Optional.ofNullable(ManualCommand.class.getPackage().getImplementationVersion())
                .orElse("");
        Stream<String> local = LOCAL.lines()
                .map(line -> line.split("\\|", 2))
                .map(parts -> term("longhaul " + parts[0]) + text(parts[1]));
        Stream<String> remote = all.getSubcommands().values().stream().flatMap(ManualCommand::sections);
        return Stream.of(
                        Stream.of(BEGIN.formatted(version), ".SH COMMANDS FOR A DATABASE\n"),
                        local,
                        Stream.of(".SH COMMANDS THAT ASK A SERVER\n"),
                        remote,
                        Stream.of(END.strip()))
                .flatMap(part -> part)
                .collect(Collectors.joining());
    }

    private static Stream<String> sections(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? Stream.of(section(command))
                : command.getSubcommands().values().stream().map(ManualCommand::section);
    }

    private static String section(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String synopsis =
                new Help(spec, Help.defaultColorScheme(Ansi.OFF)).synopsis(0).strip();
        String options = spec.options().stream().map(ManualCommand::option).collect(Collectors.joining());
        return ".SS longhaul " + escaped(RemoteCommands.path(command)) + "\n"
                + text(spec.usageMessage().description())
                + ".PP\n" + text("longhaul " + synopsis.substring(synopsis.indexOf(RemoteCommands.path(command))))
                + options + examples(spec.usageMessage().footer());
    }

    private static String option(OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        return term(String.join(", ", option.names()) + value) + text(option.description());
    }

    private static String examples(String... footer) {
        List<String> lines = Arrays.stream(footer)
                .dropWhile(line -> !line.startsWith("Examples:"))
                .skip(1)
                .takeWhile(line -> line.startsWith("  "))
                .map(line -> line.replace("${ROOT-COMMAND-NAME}", "longhaul"))
                .toList();
        return lines.isEmpty() ? "" : ".PP\nExamples:\n.nf\n" + text(lines.toArray(String[]::new)) + ".fi\n";
    }

    private static String term(String words) {
        return ".TP\n.B " + escaped(words) + "\n";
    }

    /** Lines none of which is taken for a request of roff. */
    private static String text(String... lines) {
        return Arrays.stream(lines)
                .flatMap(String::lines)
                .map(ManualCommand::escaped)
                .map(line -> (line.startsWith(".") || line.startsWith("'") ? "\\&" : "") + line + "\n")
                .collect(Collectors.joining());
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
