package io.longhaul.schema;

import io.longhaul.schema.commands.DbActions;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.schema.migrate.QuietLiquibase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import net.sourceforge.argparse4j.inf.Namespace;

/** Migrations of a test, with their reports. */
public final class Migrations {
    public static final Changelog PACKED = Changelog.packed();

    private final DataSource source;
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    public Migrations(DataSource source) {
        this.source = source;
    }

    /** A changelog of the tests, to be applied on top of the packed one. */
    public static Changelog changelog(String name) {
        return Changelog.read("changelogs/" + name + ".xml", "changelogs/" + name);
    }

    public int up(Changelog changelog) throws CommandFailure {
        return new Migrator(changelog, source, reports::add, Duration.ofSeconds(60)).migrate();
    }

    public int up() throws CommandFailure {
        return up(PACKED);
    }

    public void down(int count) throws Exception {
        run(PACKED, liquibase -> liquibase.rollback(count, ""));
    }

    /** Like the command, whose attempts count together. */
    public void downInSteps(int count) {
        ChangeReport changes = new ChangeReport(reports::add);
        Namespace words = new Namespace(Map.of("count", count));
        DbActions.Work work = (arguments, liquibase) -> liquibase.rollback(arguments.getInt("count"), "");
        try (MigrationSession session = open()) {
            session.run(PACKED.root(), DbActions.counted(work, words, changes), changes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public MigrationSession open() throws Exception {
        return MigrationSession.open(source, source, Duration.ofSeconds(60), reports::add);
    }

    public void run(Changelog changelog, QuietLiquibase.Action action) throws Exception {
        try (MigrationSession session = open()) {
            session.run(changelog.root(), action, new ChangeReport(reports::add));
        }
    }

    /** Waits for a report and drops earlier ones. */
    public String awaitReport(String pattern) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String report = "";
        while (report != null && !Pattern.compile(pattern).matcher(report).find()) {
            report = reports.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        if (report == null) {
            throw new AssertionError("no report like " + pattern);
        }
        return report;
    }
}
