package io.longhaul.jobs;

import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A transaction that has run its statements and keeps its locks until it is released. It can prove which connections
 * wait for it.
 */
public final class Parked implements AutoCloseable {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "beside-a-parked-transaction");
        thread.setDaemon(true);
        return thread;
    });

    private final Jdbi jdbi;
    private final Handle handle;
    private final int pid;

    public Parked(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.handle = jdbi.open();
        handle.begin();
        // However slow the machine: the locks are kept until the test is done.
        handle.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        this.pid = handle.select("SELECT pg_backend_pid()").mapTo(Integer.class).one();
    }

    /** A database whose sessions wait for such a transaction for a moment only. */
    public static Jdbi impatient(TestDatabase database) {
        return TestDatabase.jdbi(() -> {
            Connection session = database.dataSource().getConnection();
            session.createStatement().execute("SET lock_timeout = '100ms'");
            return session;
        });
    }

    /** Counts the statements that fail, such as those that gave up waiting. */
    public static AtomicInteger countFailures(Jdbi jdbi) {
        AtomicInteger failures = new AtomicInteger();
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logException(StatementContext statement, SQLException failure) {
                failures.incrementAndGet();
            }
        });
        return failures;
    }

    public JobTransitions transitions() {
        return handle.attach(JobTransitions.class);
    }

    NodeLeases nodes() {
        return handle.attach(NodeLeases.class);
    }

    public <T> T with(Function<Handle, T> work) {
        return work.apply(handle);
    }

    public void execute(String sql, Object... values) {
        handle.execute(sql, values);
    }

    /** Runs work on another thread and connection. */
    public static <T> CompletableFuture<T> beside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, THREADS).orTimeout(30, TimeUnit.SECONDS);
    }

    /** Waits until this many other connections wait for a lock of this transaction, directly or behind each other. */
    public void awaitWaiters(int count) {
        Await.until(count + " connections wait for the parked transaction", () -> waiters() == count);
    }

    /** Number of connections that wait for a lock of this transaction, directly or behind each other. */
    private int waiters() {
        return jdbi.withHandle(other ->
                other.createQuery("""
                        WITH RECURSIVE waiting AS (
                            SELECT pid
                            FROM pg_stat_activity
                            WHERE wait_event_type = 'Lock' AND :pid = ANY (pg_blocking_pids(pid))
                            UNION
                            SELECT a.pid
                            FROM waiting w JOIN pg_stat_activity a ON w.pid = ANY (pg_blocking_pids(a.pid))
                            WHERE a.wait_event_type = 'Lock'
                        )
                        SELECT count(*) FROM waiting
                        """).bind("pid", pid).mapTo(Integer.class).one());
    }

    public void commit() {
        handle.commit();
    }

    public void rollback() {
        handle.rollback();
    }

    @Override
    public void close() {
        if (handle.isInTransaction()) {
            handle.rollback();
        }
        handle.close();
    }
}
