package io.longhaul.campaign;

import io.longhaul.testing.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Looks at the database all the time: a job that has ended must never change again, not even be written again, and nothing
 * that has ended may have a lease.
 */
final class Witness {
    private static final String ENDED = """
            SELECT id, concat_ws(' ', status, 'attempt', attempt, completed_at, 'by', xmin) AS ending
            FROM jobs
            WHERE status IN ('completed', 'failed', 'cancelled')
            """;

    private static final String IDLE = """
            SELECT l.job_id::text || ' ' || COALESCE(j.status::text, 'gone')
            FROM job_leases l LEFT JOIN jobs j ON j.id = l.job_id
            WHERE j.id IS NULL OR j.status NOT IN ('pending', 'running') OR l.attempt <> j.attempt + 1
            """;

    private final DataSource source;
    private final Duration pause;
    private final Map<String, String> endings = new HashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::watch, "witness");
    private volatile boolean over;
    private volatile int looks;

    Witness(DataSource source, Duration pause) {
        this.source = source;
        this.pause = pause;
        thread.start();
    }

    private void watch() {
        for (boolean last = false; !last; ) {
            last = over;
            long begin = System.nanoTime();
            try {
                look();
            } catch (SQLException e) {
                // The database is down; it will be back.
            }
            if (!over) {
                // With a million jobs a look takes seconds, and the machine has other things to do.
                LockSupport.parkNanos(Math.max(pause.toNanos(), 9 * (System.nanoTime() - begin)));
            }
        }
    }

    private void look() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // Read in parts, not all at once.
            connection.setAutoCommit(false);
            statement.setFetchSize(5_000);
            try (ResultSet rows = statement.executeQuery(ENDED)) {
                while (rows.next()) {
                    note(rows.getString("id"), rows.getString("ending"));
                }
            }
            try (ResultSet rows = statement.executeQuery(IDLE)) {
                while (rows.next()) {
                    violations.add("a lease on an ended job: " + rows.getString(1));
                }
            }
        }
        looks++;
    }

    private void note(String id, String ending) {
        String before = endings.putIfAbsent(id, ending);
        if (before != null && !before.equals(ending)) {
            violations.add("job " + id + " changed after its end: " + before + " -> " + ending);
        }
    }

    /** Looks for the last time. */
    void stop() {
        over = true;
        LockSupport.unpark(thread);
        Await.until("the witness is done", Await.LONG, () -> !thread.isAlive());
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    int looks() {
        return looks;
    }
}
