package io.longhaul.database.watch;

import io.longhaul.loops.Loop;
import io.longhaul.readiness.Condition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds, every 15 s, the oldest open transaction of the database. While one is open, PostgreSQL keeps every row that
 * was deleted or changed since: queues become slow, and disks full. It never makes a node unready, because the node can
 * still work and only its operator can end the transaction.
 */
public final class TransactionWatch {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");
    private static final String NAME = "oldest-transaction";
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    /** Slots and replicas have no start time, so the time without a change of their xmin serves as their age. */
    private record Mark(String xmin, long sinceNanos) {}

    private final DataSource source;
    private final Duration threshold;
    private final Map<String, Mark> marks = new HashMap<>();
    private final Loop loop = Loop.exact("transaction-watch", Duration.ofSeconds(1), this::step);
    private volatile Sight sight = new Sight(Optional.empty(), Hidden.NONE, "Not looked yet.");

    /** The result of the last query; the problem is empty if it succeeded. */
    private record Sight(Optional<OpenTransaction> oldest, Hidden hidden, String problem) {}

    /** Sessions whose transactions PostgreSQL does not show, and the role, as SQL quotes it, which may not see them. */
    private record Hidden(int sessions, String role) {
        static final Hidden NONE = new Hidden(0, "");

        String note() {
            return sessions == 0
                    ? ""
                    : " Of " + sessions + " sessions of other roles it is not shown whether one is open.";
        }

        /** Null if nothing is hidden. */
        String cure() {
            return sessions == 0 ? null : "As a superuser: GRANT pg_read_all_stats TO " + role;
        }
    }

    /** @param threshold the age from which it warns */
    public TransactionWatch(DataSource source, Duration threshold) {
        this.source = source;
        this.threshold = threshold;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.interrupt();
    }

    /** The age of the oldest transaction that the role may see; 0 if none is open. */
    public double ageSeconds() {
        return sight.oldest().map(one -> one.age().toMillis() / 1000.0).orElse(0.0);
    }

    /** The oldest transaction; empty if none is open. */
    public Optional<OpenTransaction> oldest() {
        return sight.oldest();
    }

    /** The oldest transaction, if it is older than the threshold. */
    public Optional<OpenTransaction> old() {
        return oldest().filter(this::isOld);
    }

    private boolean isOld(OpenTransaction one) {
        return one.age().compareTo(threshold) > 0;
    }

    /** The result of the last query: a condition that always holds, degraded beyond the threshold. */
    public Condition condition() {
        Sight seen = sight;
        if (!seen.problem().isEmpty()) {
            return Condition.holds(NAME, seen.problem());
        }
        return seen.oldest().map(one -> told(one, seen.hidden())).orElseGet(() -> noneOpen(seen.hidden()));
    }

    private static Condition noneOpen(Hidden hidden) {
        String message = hidden.sessions() == 0 ? "None is open." : "None is seen open." + hidden.note();
        return new Condition(NAME, true, null, message, hidden.cure(), Map.of());
    }

    private Condition told(OpenTransaction oldest, Hidden hidden) {
        boolean old = isOld(oldest);
        String message = "Open for " + oldest.age().toSeconds() + " s: " + oldest.who() + "."
                + (old ? " Meanwhile PostgreSQL can remove no dead row, and all queues grow slower." : "")
                + hidden.note();
        return new Condition(
                NAME,
                true,
                old ? Condition.OLD_TRANSACTION : null,
                message,
                old ? oldest.cure() : hidden.cure(),
                oldest.facts());
    }

    private Duration step() {
        look();
        return INTERVAL;
    }

    /** Looks once; the loop does it again and again. */
    public void look() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(5);
            sight = new Sight(oldest(statement), hidden(statement), "");
        } catch (SQLException | RuntimeException e) {
            // Another condition reports that the database does not answer.
            sight = new Sight(Optional.empty(), Hidden.NONE, "Could not be looked at.");
            LOG.debug("Looking for old transactions failed", e);
        }
    }

    private Optional<OpenTransaction> oldest(Statement statement) throws SQLException {
        List<OpenTransaction> all = new ArrayList<>();
        Map<String, Mark> seen = new HashMap<>();
        try (ResultSet row = statement.executeQuery("""
                (SELECT 'session' AS kind, pid::text AS owner, usename AS role, application_name AS application, state,
                        (EXTRACT(EPOCH FROM clock_timestamp() - xact_start) * 1000)::bigint AS age, NULL::text AS xmin
                 FROM pg_stat_activity
                 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
                   AND backend_type = 'client backend'
                 ORDER BY xact_start
                 LIMIT 1)
                UNION ALL
                SELECT 'prepared transaction', gid, owner, NULL, 'prepared',
                       (EXTRACT(EPOCH FROM clock_timestamp() - prepared) * 1000)::bigint, NULL
                FROM pg_prepared_xacts
                WHERE database = current_database()
                UNION ALL
                SELECT 'replication slot', slot_name, NULL, plugin, CASE WHEN active THEN 'active' ELSE 'not in use' END,
                       NULL, xmin::text
                FROM pg_replication_slots
                WHERE xmin IS NOT NULL
                UNION ALL
                SELECT 'replica', pid::text, usename, application_name, state, NULL, backend_xmin::text
                FROM pg_stat_activity
                WHERE backend_type = 'walsender' AND backend_xmin IS NOT NULL
                """)) {
            while (row.next()) {
                all.add(read(row, seen));
            }
        }
        marks.clear();
        marks.putAll(seen);
        return all.stream().max(Comparator.comparing(OpenTransaction::age));
    }

    private OpenTransaction read(ResultSet row, Map<String, Mark> seen) throws SQLException {
        String kind = row.getString("kind");
        String owner = row.getString("owner");
        String xmin = row.getString("xmin");
        Duration age =
                xmin == null ? Duration.ofMillis(Math.max(0, row.getLong("age"))) : still(kind + owner, xmin, seen);
        return new OpenTransaction(
                kind, owner, row.getString("role"), row.getString("application"), row.getString("state"), age);
    }

    private Duration still(String key, String xmin, Map<String, Mark> seen) {
        Mark before = marks.get(key);
        Mark mark = before != null && before.xmin().equals(xmin) ? before : new Mark(xmin, System.nanoTime());
        seen.put(key, mark);
        return Duration.ofNanos(System.nanoTime() - mark.sinceNanos());
    }

    private static Hidden hidden(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                SELECT count(*), quote_ident(current_user)
                FROM pg_stat_activity
                WHERE datname = current_database() AND query = '<insufficient privilege>' AND usesysid IS NOT NULL
                """)) {
            row.next();
            return new Hidden(row.getInt(1), row.getString(2));
        }
    }
}
