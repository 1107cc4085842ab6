package io.longhaul.schema.watch;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Checks the schema within a time limit: a server that swallows packets must not delay callers who wait for a verdict.
 */
final class SchemaCheck {
    private final SchemaProbe probe;
    private final SchemaVerdict verdict;
    private final Duration patience;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(SchemaCheck::thread);
    private Future<?> unanswered;
    private String lastFingerprint = "";

    SchemaCheck(SchemaProbe probe, SchemaVerdict verdict, Duration patience) {
        this.probe = probe;
        this.verdict = verdict;
        this.patience = patience;
    }

    /**
     * Checks once.
     *
     * @param whole true to compare the catalog even if the cheap check sees no change
     * @return the verdict; empty if nothing seems to have changed
     */
    Optional<SchemaState> look(boolean whole) {
        try {
            return ask(() -> read(whole));
        } catch (SQLException e) {
            return Optional.of(verdict.of(e));
        } catch (TimeoutException e) {
            return Optional.of(verdict.silent(patience));
        }
    }

    /** Gives the connection back, unless the server keeps it busy. */
    void close() {
        if (worker.isShutdown()) {
            return;
        }
        worker.execute(probe::close);
        worker.shutdown();
        try {
            worker.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Reads again after an error: a migration may commit between two reads of the catalog, which PostgreSQL can report
     * as an error.
     */
    private Optional<SchemaState> read(boolean whole) throws SQLException {
        try {
            return readOnce(whole);
        } catch (SQLException e) {
            probe.close();
            return readOnce(true);
        }
    }

    private Optional<SchemaState> readOnce(boolean whole) throws SQLException {
        String fingerprint = probe.fingerprint();
        if (!whole && fingerprint.equals(lastFingerprint)) {
            return Optional.empty();
        }
        Optional<SchemaState> unfit = verdict.of(probe.traits());
        SchemaState state = unfit.isPresent() ? unfit.get() : verdict.of(probe.snapshot());
        lastFingerprint = fingerprint;
        if (state.status() == SchemaState.Status.READ_ONLY) {
            probe.discard();
        }
        return Optional.of(state);
    }

    private <T> T ask(Callable<T> question) throws SQLException, TimeoutException {
        if (unanswered != null && !unanswered.isDone()) {
            await(unanswered);
        }
        if (worker.isShutdown()) {
            throw new SQLException("the watch was stopped");
        }
        Future<T> answer = worker.submit(question);
        unanswered = answer;
        return await(answer);
    }

    private <T> T await(Future<T> answer) throws SQLException, TimeoutException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            worker.execute(probe::close);
            throw e.getCause() instanceof SQLException sql ? sql : new SQLException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "schema-probe");
        thread.setDaemon(true);
        return thread;
    }
}
