package io.longhaul.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.JarLocation;
import io.longhaul.schema.commands.DbCommand;
import io.longhaul.schema.commands.NamedDatabase;
import io.longhaul.schema.commands.SchemaCommand;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs {@code db} and {@code schema} in this JVM. One at a time, because they use the streams of the JVM. */
public final class Commands {
    private final Path file;

    /** The result of a command. */
    public record Ran(int exitCode, String out, String err) {}

    /** A configuration with only a database. */
    public static final class TestConfiguration extends Configuration {
        @JsonProperty
        DataSourceFactory database = new DataSourceFactory();
    }

    /** An application with only these commands. */
    private static final class TestApplication extends Application<TestConfiguration> {
        @Override
        public void run(TestConfiguration configuration, Environment environment) {}
    }

    public Commands(Path folder) {
        this.file = folder.resolve("commands.yml");
    }

    public Commands connectedTo(TestDatabase database) {
        return connectedTo(database.jdbcUrl(), database.user(), database.password());
    }

    public Commands connectedTo(String url, String user, String password) {
        String text = "database:\n  driverClass: org.postgresql.Driver\n  url: '" + url + "'\n  user: '" + user + "'\n";
        try {
            Files.writeString(file, password == null ? text : text + "  password: '" + password + "'\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Runs one command; FILE stands for the configuration. */
    public synchronized Ran run(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            Optional<Throwable> error = cli(outBytes, errBytes).run(withFile(words));
            int code = error.map(CommandFailure::exitCodeOf).orElse(0);
            return new Ran(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static Cli cli(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Cli(new JarLocation(Commands.class), Shared.BOOTSTRAP, out, err);
    }

    /** Made once: its validator costs more than most commands. */
    private static final class Shared {
        static final Bootstrap<TestConfiguration> BOOTSTRAP = bootstrap();
    }

    private static Bootstrap<TestConfiguration> bootstrap() {
        Bootstrap<TestConfiguration> bootstrap = new Bootstrap<>(new TestApplication());
        NamedDatabase<TestConfiguration> migration = new NamedDatabase<>(c -> c.database, c -> "This may migrate.");
        bootstrap.addCommand(new DbCommand<>(TestConfiguration.class, migration, c -> false));
        bootstrap.addCommand(new SchemaCommand<>(
                TestConfiguration.class, new NamedDatabase<>(c -> c.database, c -> "This only reads."), migration));
        return bootstrap;
    }

    private String[] withFile(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.replaceAll(word -> word.equals("FILE") ? file.toString() : word);
        return all.toArray(String[]::new);
    }
}
