package io.longhaul.cli.remote;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.client.LonghaulException;
import io.longhaul.environment.Program;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The commands that ask a server over HTTP, such as {@code job}. They need no configuration file and no part of the
 * server, so that they start quickly. Only what was asked for goes to standard output.
 *
 * <p>They exit with 0 when done, 1 if a job failed or was cancelled, 2 if the command is wrong, was refused or cannot write
 * its output, 3 if no server answered or the time was over.
 */
public final class RemoteCommands {
    private static final Map<String, Class<?>> COMMANDS = named(
            JobCommands.class,
            OperationCommands.class,
            BatchCommands.class,
            ScheduleCommands.class,
            WebhookCommands.class,
            FileCommands.class,
            ToolCommands.class,
            NodeCommands.class,
            ServerCommands.Stats.class,
            ServerCommands.Failures.class,
            ViewCommands.class,
            ServerCommands.Audit.class,
            CompletionCommand.class,
            ManualCommand.class);

    private static final String EPILOGUE = """
            LONGHAUL_API_KEY holds an API key or token, if the server asks for one.
            Exits 0 when done, 1 if a job failed, was cancelled or refused in a batch, 2 if the command is wrong or was
            refused, 3 if no server answered, it failed, or the time was over. Only what was asked for goes to standard output.
            """;

    private final Shell shell;
    private final Supplier<List<CommandSpec>> local;

    private static Map<String, Class<?>> named(Class<?>... types) {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        for (Class<?> type : types) {
            commands.put(type.getAnnotation(CommandLine.Command.class).name(), type);
        }
        return commands;
    }

    /** One of these commands in Dropwizard's list; it runs before that list exists. */
    public static final class Listing extends Command {
        private Listing(String name, String about) {
            super(name, about + " See " + name + " --help.");
        }

        /** All of them. */
        public static Stream<Listing> all() {
            return COMMANDS.entrySet().stream()
                    .map(command -> new Listing(command.getKey(), about(command.getValue())));
        }

        private static String about(Class<?> type) {
            return String.join(
                    " ", type.getAnnotation(CommandLine.Command.class).description());
        }

        @Override
        public void configure(Subparser parser) {
            parser.help(getDescription());
            // picocli reads the arguments.
        }

        @Override
        public void run(Bootstrap<?> bootstrap, Namespace arguments) {
            throw new IllegalStateException(getName() + " is run without Dropwizard");
        }
    }

    /**
     * @param out for data
     * @param err for everything else
     */
    public RemoteCommands(Map<String, String> environment, InputStream in, OutputStream out, PrintStream err) {
        this(new Shell(
                environment,
                in,
                out,
                err,
                colours(environment),
                Terminals.of(environment),
                Shell.Watch.UNTIL_INTERRUPTED));
    }

    RemoteCommands(Shell shell) {
        this(shell, List::of);
    }

    private RemoteCommands(Shell shell, Supplier<List<CommandSpec>> local) {
        this.shell = shell;
        this.local = local;
    }

    /**
     * The same commands, of a program that has others beside them.
     *
     * @param others makes the commands that do without a server, for the completion of all
     */
    public RemoteCommands beside(Supplier<List<CommandSpec>> others) {
        return new RemoteCommands(shell, others);
    }

    private static Ansi colours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && Ansi.AUTO.enabled() ? Ansi.ON : Ansi.OFF;
    }

    /** Whether a first word is one of these commands. */
    public static boolean has(String name) {
        return COMMANDS.containsKey(name);
    }

    /** Their names. */
    public static Set<String> names() {
        return COMMANDS.keySet();
    }

    /** How this program is called, for commands to copy. */
    static String program(Shell shell) {
        return Program.called(shell.environment());
    }

    /**
     * Runs one command.
     *
     * @param words all arguments, beginning with one of {@link #names}
     * @return the exit code
     */
    public int run(List<String> words) {
        CommandLine all = commands(List.of(words.get(0)));
        int exit = all.execute(
                words.size() == 1 && !isSingle(words.get(0))
                        ? new String[] {words.get(0), "--help"}
                        : words.toArray(String[]::new));
        return exit == ExitCode.DONE ? settled(words.get(0)) : exit;
    }

    /** A command whose answer got lost has not done its work. */
    private int settled(String command) {
        try {
            shell.out().settle();
            return ExitCode.DONE;
        } catch (Shell.NobodyReads e) {
            return ExitCode.DONE;
        } catch (Misuse e) {
            shell.say(command + ": " + e.getMessage() + ".");
            return ExitCode.REFUSED;
        }
    }

    private static boolean isSingle(String name) {
        return Callable.class.isAssignableFrom(COMMANDS.get(name));
    }

    /** A tree of some commands: building all takes longer than what one does. */
    CommandLine commands(Iterable<String> names) {
        CommandLine root = new CommandLine(CommandSpec.create().name(program(shell)), this::make);
        for (String name : names) {
            root.addSubcommand(name, new CommandLine(make(COMMANDS.get(name)), this::make));
        }
        root.registerConverter(UUID.class, new Values.OfId());
        root.registerConverter(Path.class, new Values.OfPath());
        root.registerConverter(Duration.class, new Values.OfDuration());
        root.setOut(writer(shell.out()));
        root.setErr(writer(shell.err()));
        root.setColorScheme(CommandLine.Help.defaultColorScheme(shell.ansi()));
        root.setParameterExceptionHandler(this::misread);
        root.setExecutionStrategy(Watching::run);
        root.setExecutionExceptionHandler(this::failed);
        root.setUnmatchedOptionsArePositionalParams(false);
        // A word @FILE is for the option or the operand before which it stands, not a list of more words.
        root.setExpandAtFiles(false);
        root.setUsageHelpAutoWidth(false);
        root.setUsageHelpWidth(130);
        help(root);
        return root;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static void help(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.optionsMap().containsKey("--help")) {
            spec.addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("shows this")
                    .build());
        }
        if (command.getSubcommands().isEmpty()) {
            List<String> footer = new ArrayList<>(List.of(spec.usageMessage().footer()));
            footer.add(0, "");
            footer.add("");
            footer.addAll(EPILOGUE.lines().toList());
            spec.usageMessage().footer(footer.toArray(String[]::new));
        } else {
            spec.usageMessage().footer("", "Each has --help with examples.");
            if (spec.userObject() instanceof Callable) {
                String name = "${COMMAND-FULL-NAME}";
                spec.usageMessage().customSynopsis(name + " [OPTIONS]", "       " + name + " ACTION [OPTIONS]");
            }
        }
        spec.usageMessage().sortOptions(false).synopsisSubcommandLabel("ACTION");
        command.getSubcommands().values().forEach(RemoteCommands::help);
    }

    /** Commands get what surrounds them by their constructor. */
    private <T> T make(Class<T> type) {
        if (type == CompletionCommand.class) {
            return type.cast(new CompletionCommand(shell, local));
        }
        try {
            return type.getDeclaredConstructor(Shell.class).newInstance(shell);
        } catch (NoSuchMethodException e) {
            return plain(type);
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T plain(Class<T> type) {
        try {
            return CommandLine.defaultFactory().create(type);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int misread(ParameterException e, String[] words) {
        String command = path(e.getCommandLine());
        shell.say(command + ": " + Text.plain(problem(e)) + " See " + program(shell) + " " + command + " --help.");
        return ExitCode.REFUSED;
    }

    private static String problem(ParameterException e) {
        String message = e.getMessage().replaceAll("\\.$", "") + ".";
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return message;
        }
        Set<String> actions = e.getCommandLine().getSubcommands().keySet();
        String word = unmatched.getUnmatched().get(0);
        boolean option = word.startsWith("-");
        Set<String> known =
                option ? e.getCommandLine().getCommandSpec().optionsMap().keySet() : actions;
        return (option || actions.isEmpty()
                        ? message
                        : "there is no \"" + word + "\": " + String.join(", ", actions) + " are there.")
                + Suggestion.of(word.replaceAll("=.*", ""), known)
                        .map(meant -> " Did you mean " + meant + "?")
                        .orElse("");
    }

    private int failed(Exception e, CommandLine line, ParseResult parsed) throws Exception {
        String command = path(line);
        if (e instanceof Misuse || e instanceof CommandLine.TypeConversionException) {
            shell.say(command + ": " + e.getMessage() + ".");
            return ExitCode.REFUSED;
        }
        if (e instanceof InvalidPathException invalid) {
            shell.say(command + ": " + Values.OfPath.unusable(invalid) + ".");
            return ExitCode.REFUSED;
        }
        if (e instanceof Shell.NobodyReads) {
            return ExitCode.DONE;
        }
        if (e instanceof LonghaulException refusal) {
            return Remote.of(line.getCommandSpec()).refused(command, refusal);
        }
        throw e;
    }

    /** The words of a command without the program, such as {@code job list}. */
    static String path(CommandLine line) {
        String name = line.getCommandSpec().qualifiedName(" ");
        String root = line.getCommandSpec().root().name();
        return name.startsWith(root + " ") ? name.substring(root.length() + 1) : name;
    }
}
