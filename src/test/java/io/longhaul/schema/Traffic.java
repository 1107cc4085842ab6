package io.longhaul.schema;

import io.longhaul.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One thread that writes to the jobs table a hundred times a second, and one that reads it as often. */
final class Traffic implements AutoCloseable {
    private static final String WRITE =
            "INSERT INTO jobs (tool_name, trace_id, parameters, expires_at) VALUES ('t', 'x', '{}', NOW())";
    private static final String READ =
            "SELECT count(*) FROM (SELECT FROM jobs ORDER BY created_at DESC LIMIT 100) newest";

    private final AtomicLong longestWrite = new AtomicLong();
    private final AtomicLong longestRead = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final Thread writer;
    private final Thread reader;
    private volatile boolean over;

    private Traffic(DataSource source) {
        this.writer = new Thread(() -> repeat(source, WRITE, longestWrite, writes), "writer");
        this.reader = new Thread(() -> repeat(source, READ, longestRead, new AtomicLong()), "reader");
    }

    static Traffic start(DataSource source) {
        Traffic traffic = new Traffic(source);
        traffic.writer.start();
        traffic.reader.start();
        return traffic;
    }

    /** Waits until something more was tried. */
    void awaitRunning() {
        long wanted = writes.get() + 3;
        Await.until("the writer writes", Duration.ofSeconds(30), () -> writes.get() >= wanted);
    }

    long longestWriteMillis() {
        return longestWrite.get() / 1_000_000;
    }

    long longestReadMillis() {
        return longestRead.get() / 1_000_000;
    }

    private void repeat(DataSource source, String sql, AtomicLong longest, AtomicLong count) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            while (!over) {
                long begun = System.nanoTime();
                once(statement, sql);
                longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                count.incrementAndGet();
                // Enough statements to meet a lock, but not so many that they dominate the measurement.
                LockSupport.parkNanos(5_000_000L);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** While the table is missing, statements fail at once; that is no wait. */
    private static void once(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            if (!SqlStates.pointsAtSchema(e)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        over = true;
        Await.until("the traffic has ended", Duration.ofSeconds(30), () -> !writer.isAlive() && !reader.isAlive());
    }
}
