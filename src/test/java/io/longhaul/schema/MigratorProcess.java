package io.longhaul.schema;

import io.longhaul.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** A migrator in a separate process, so that it can be killed. */
public final class MigratorProcess {
    private MigratorProcess() {}

    public static Process start(TestDatabase database, String changelog, String direction) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                // Maven ends it with a separator, and an empty entry means the current folder, which also holds
                // migrations.xml.
                System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", ""),
                MigratorProcess.class.getName(),
                database.jdbcUrl(),
                changelog,
                direction));
        builder.environment().put("TEST_USER", database.user());
        builder.environment().put("TEST_PASSWORD", database.password() == null ? "" : database.password());
        return builder.inheritIO().start();
    }

    public static void main(String[] args) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(args[0]);
        source.setUser(System.getenv("TEST_USER"));
        source.setPassword(System.getenv("TEST_PASSWORD"));
        Changelog changelog = args[1].equals("packed") ? Migrations.PACKED : Migrations.changelog(args[1]);
        if (args[2].equals("down")) {
            new Migrations(source).run(changelog, liquibase -> liquibase.rollback(1, ""));
        } else {
            new Migrations(source).up(changelog);
        }
    }
}
