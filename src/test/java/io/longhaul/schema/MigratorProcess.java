package io.longhaul.schema;

import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** A migrator in a process of its own, so that it can be killed. */
final class MigratorProcess {
    private MigratorProcess() {}

    static Process start(TestDatabase database, String changelog) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                MigratorProcess.class.getName(),
                database.jdbcUrl(),
                changelog));
        builder.environment().put("TEST_USER", database.user());
        builder.environment().put("TEST_PASSWORD", database.password() == null ? "" : database.password());
        return builder.inheritIO().start();
    }

    public static void main(String[] args) throws CommandFailure {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(args[0]);
        source.setUser(System.getenv("TEST_USER"));
        source.setPassword(System.getenv("TEST_PASSWORD"));
        new Migrator(Migrations.changelog(args[1]), source, line -> {}, Duration.ofSeconds(60)).migrate();
    }
}
