package io.longhaul.cli;

import io.dropwizard.core.cli.Command;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Argument;
import net.sourceforge.argparse4j.inf.ArgumentAction;
import net.sourceforge.argparse4j.inf.Subparser;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What a command of Dropwizard declares, for picocli, which completes commands in shells. Dropwizard's parser tells nobody
 * which actions and options it has, so that this listens to a command that declares them.
 */
public final class LocalCommand implements InvocationHandler {
    /** Options whose values are names of files. */
    private static final Set<String> OF_FILES = Set.of("--output", "--programs");

    private final Map<String, LocalCommand> actions = new LinkedHashMap<>();
    private final List<Declared> options = new ArrayList<>();
    private String about = "";

    private LocalCommand() {}

    /** Its actions and options; it cannot be run. */
    public static CommandSpec of(Command command) {
        LocalCommand declared = new LocalCommand();
        declared.about = command.getDescription();
        command.configure(declared.as(Subparser.class));
        return declared.spec(command.getName());
    }

    /** An argument, if its names begin with a hyphen. */
    private static final class Declared implements InvocationHandler {
        private final List<String> names;
        private boolean takesValue = true;
        private String about = "";
        private List<String> choices = List.of();

        Declared(Object... names) {
            this.names = Stream.of(names).map(String::valueOf).toList();
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] given) {
            switch (method.getName()) {
                case "action" -> takesValue = ((ArgumentAction) given[0]).consumeArgument();
                case "help" -> about = String.valueOf(given[0]);
                case "choices" ->
                    choices = given[0] instanceof Collection<?> all
                            ? all.stream().map(String::valueOf).toList()
                            : List.of();
                default -> {
                    // The rest is of no use for completion.
                }
            }
            return method.getReturnType().isInstance(proxy) ? proxy : null;
        }

        OptionSpec option() {
            OptionSpec.Builder option = OptionSpec.builder(names.toArray(String[]::new))
                    .arity(takesValue ? "1" : "0")
                    .type(type())
                    .description(about);
            return choices.isEmpty()
                    ? option.build()
                    : option.completionCandidates(choices).build();
        }

        private Class<?> type() {
            if (!takesValue) {
                return boolean.class;
            }
            return names.stream().anyMatch(OF_FILES::contains) ? Path.class : String.class;
        }

        private boolean isOption() {
            return names.get(0).startsWith("-");
        }
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] given) {
        return switch (method.getName()) {
            case "addParser" ->
                actions.computeIfAbsent(String.valueOf(given[0]), name -> new LocalCommand())
                        .as(Subparser.class);
            case "addArgument" -> {
                Declared declared = new Declared((Object[]) given[0]);
                options.add(declared);
                yield as(Argument.class, declared);
            }
            case "help", "description" -> {
                about = about.isEmpty() ? String.valueOf(given[0]) : about;
                yield proxy;
            }
            default -> method.getReturnType().isInstance(proxy) ? proxy : group(method.getReturnType());
        };
    }

    /** A group of arguments or of actions belongs to the same command. */
    private Object group(Class<?> type) {
        return type.isInterface() ? as(type) : null;
    }

    private <T> T as(Class<T> type) {
        return as(type, this);
    }

    private static <T> T as(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private CommandSpec spec(String name) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(about);
        actions.forEach((action, declared) -> spec.addSubcommand(action, declared.spec(action)));
        options.stream().filter(Declared::isOption).forEach(option -> spec.addOption(option.option()));
        if (!options.stream().allMatch(Declared::isOption)) {
            // Nearly all are names of files, and whatever else one is, no shell knows.
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel("FILE")
                    .arity("0..*")
                    .type(Path.class)
                    .build());
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("shows this")
                .build());
        return spec;
    }
}
