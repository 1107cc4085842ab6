package io.longhaul.cli;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.db.PooledDataSourceFactory;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.KeyStatements.KnownKey;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Examples;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** {@code key create}, {@code list} and {@code revoke}. A new key is printed once, on stdout, and stored nowhere. */
public final class KeyCommand extends Command {
    private static final String ACTION = "subcommand";
    private static final long SECONDS_OF_A_DAY = 86_400;
    private static final int LONGEST_NAME = 100;
    private static final int MOST_DAYS = 36_500;
    private static final int LONGEST_ACTION = 300;

    /** The pattern of tool names in the configuration. */
    private static final Pattern TOOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Function<ServiceConfiguration, PooledDataSourceFactory> database;

    /** @param database finds the database in a configuration */
    public KeyCommand(Function<ServiceConfiguration, PooledDataSourceFactory> database) {
        super("key", "Makes, lists and revokes API keys.");
        this.database = database;
    }

    @Override
    public void configure(Subparser parser) {
        parser.help(getDescription());
        Subparsers words = parser.addSubparsers();
        Subparser create = word(words, "create", "Makes a key and prints it, once.");
        create.addArgument("--name").required(true).help("whose it is; keys of one name are one principal");
        create.addArgument("--role")
                .choices(Arrays.stream(Role.values())
                        .filter(role -> role != Role.NONE)
                        .map(Role::word)
                        .toList())
                .setDefault(Role.SUBMIT.word())
                .help("what it may (submit if omitted)");
        create.addArgument("--tools").help("the only tools it may use, with commas between (all if omitted)");
        create.addArgument("--days").type(Integer.class).help("how long it is valid (for ever if omitted)");
        word(words, "list", "Lists the keys.");
        word(words, "revoke", "Ends a key; nodes know after five seconds.")
                .addArgument("--id")
                .required(true)
                .help("the ten digits that `key list` shows");
    }

    private static Subparser word(Subparsers words, String name, String description) {
        Subparser word = words.addParser(name).description(description);
        word.setDefault(ACTION, name);
        Examples.add(word, "key " + name);
        word.addArgument("file").nargs("?").help("application configuration file");
        return word;
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        check(arguments);
        String file = arguments.getString("file");
        ServiceConfiguration configuration = ConfigurationFiles.read(bootstrap, file);
        if (file == null) {
            System.err.println(CommandDataSources.nameOfCommand(configuration));
        }
        ManagedDataSource source = database.apply(configuration).build(new MetricRegistry(), "key");
        ApiKey key = ApiKey.random();
        try {
            Jdbi.create(source)
                    .installPlugin(new SqlObjectPlugin())
                    .installPlugin(new PostgresPlugin())
                    .inTransaction(handle -> run(handle, arguments, key))
                    // Printed after the commit, so that every key shown is stored.
                    .run();
        } catch (JdbiException e) {
            throw leavesDoubt(e) ? unknown(arguments, key, e) : e;
        } finally {
            source.stop();
        }
    }

    private static boolean leavesDoubt(JdbiException failure) {
        return !(failure instanceof ConnectionException)
                && DatabaseFault.of(failure) == DatabaseFault.AWAY
                && DatabaseFault.leavesDoubt(failure);
    }

    /** The key may be valid, but it was not shown. */
    private static Exception unknown(Namespace arguments, ApiKey key, JdbiException failure) {
        Cures cures = Cures.of(arguments);
        String doubt = "The connection to the database broke before it said whether the key was ";
        String list = cures.command("key list");
        return switch (arguments.getString(ACTION)) {
            case "create" ->
                CommandFailure.cannotTell(doubt + "stored. If it was, " + list + " shows the id " + key.id()
                        + "; nobody knows the key itself, so end it with "
                        + cures.command("key revoke --id " + key.id())
                        + ". Then, or if it is not listed, create one again.");
            case "revoke" ->
                CommandFailure.cannotTell(doubt + "revoked. " + list + " shows it; the command can be run again.");
            default -> failure;
        };
    }

    static void check(Namespace arguments) throws CommandFailure {
        String name = arguments.getString("name");
        Integer days = arguments.getInt("days");
        if (name != null && (name.isBlank() || name.length() > LONGEST_NAME)) {
            throw CommandFailure.cannotTell("--name must have 1 to 100 characters.");
        }
        if (name != null && Principal.isReserved(name)) {
            throw CommandFailure.cannotTell("--name must not be 'anybody' or 'nobody', nor begin with '"
                    + Principal.OF_PROVIDER + "', as the names of those do whom an OpenID provider vouches for.");
        }
        String[] tools = tools(arguments);
        if (tools != null
                && !Arrays.stream(tools).allMatch(tool -> TOOL.matcher(tool).matches())) {
            throw CommandFailure.cannotTell("--tools must be names of tools with commas between, such as fold,dock.");
        }
        if (days != null && (days < 1 || days > MOST_DAYS)) {
            throw CommandFailure.cannotTell("--days must be a whole number from 1 to 36500.");
        }
    }

    /** Null for all tools; tools of these names need not exist yet. */
    private static String[] tools(Namespace arguments) {
        String tools = arguments.getString("tools");
        return tools == null ? null : tools.strip().split("\\s*,\\s*", -1);
    }

    /** Returns the output, to be printed once the change is committed. */
    private static Runnable run(Handle handle, Namespace arguments, ApiKey key) throws CommandFailure {
        KeyStatements keys = handle.attach(KeyStatements.class);
        return switch (arguments.getString(ACTION)) {
            case "create" -> create(handle, keys, key, arguments);
            case "revoke" -> revoke(handle, keys, arguments.getString("id"));
            default -> {
                List<String> lines = keys.list().stream().map(KeyCommand::line).toList();
                yield () -> lines.forEach(System.out::println);
            }
        };
    }

    private static Runnable create(Handle handle, KeyStatements keys, ApiKey key, Namespace arguments) {
        Integer days = arguments.getInt("days");
        String role = arguments.getString("role").toLowerCase(Locale.ROOT);
        String[] tools = tools(arguments);
        keys.create(
                key.id(),
                arguments.getString("name"),
                key.hash(),
                role,
                days == null ? null : days * SECONDS_OF_A_DAY,
                tools);
        note(
                handle,
                "key create " + key.id() + " " + arguments.getString("name") + " " + role
                        + (tools == null ? "" : " " + String.join(",", tools)));
        return () -> {
            System.err.println("Keep it: it is stored nowhere and cannot be shown again.");
            System.out.println(key.reveal());
        };
    }

    private static Runnable revoke(Handle handle, KeyStatements keys, String id) throws CommandFailure {
        if (keys.revoke(id) == 0) {
            throw new CommandFailure("no valid key has this id: `key list` shows those there are.");
        }
        note(handle, "key revoke " + id);
        return () -> System.err.println("Revoked; running nodes know after five seconds.");
    }

    private static void note(Handle handle, String action) {
        handle.attach(AuditStatements.class)
                .add(
                        "command line",
                        action.length() > LONGEST_ACTION ? action.substring(0, LONGEST_ACTION) : action,
                        0,
                        null);
    }

    private static String line(KnownKey key) {
        String state = key.revokedAt() != null
                ? "revoked " + key.revokedAt()
                : key.expiresAt() == null
                        ? "valid"
                        : (key.expiresAt().isBefore(Instant.now()) ? "expired " : "valid until ") + key.expiresAt();
        String used = key.lastUsedAt() == null ? "never used" : "used " + key.lastUsedAt();
        String tools = key.tools() == null ? "all tools" : "tools " + String.join(",", key.tools());
        return String.join("  ", key.id(), key.role(), state, used, tools, key.name());
    }

    @Override
    public void onError(Cli cli, Namespace arguments, Throwable error) {
        cli.getStdErr()
                .println("key: "
                        + (error instanceof CommandFailure
                                ? error.getMessage()
                                : Diagnosis.of(error, Cures.of(arguments)).text()));
    }
}
