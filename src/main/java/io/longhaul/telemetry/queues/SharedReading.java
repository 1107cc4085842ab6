package io.longhaul.telemetry.queues;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that costs a query: read when somebody asks for it, by one thread at a time, and kept for a while. So many who
 * ask cost no more than one, and nobody waits longer than the patience, whatever the database does.
 *
 * @param <T> the value
 */
final class SharedReading<T> {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");

    /** It takes no more than one part in this many of a connection's time. */
    private static final int SHARE = 20;

    /** A single slow query, as at the start of a node, must not make figures old. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private final Supplier<T> query;
    private final Duration fresh;
    private final Duration patience;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private long dueNanos = System.nanoTime();
    private volatile State<T> state;

    /**
     * What is known.
     *
     * @param value the last value; null if there was none yet
     * @param readNanos when it was read
     * @param succeeded whether the last query succeeded
     */
    record State<T>(T value, long readNanos, boolean succeeded) {
        Duration age() {
            return Duration.ofNanos(System.nanoTime() - readNanos);
        }
    }

    /**
     * Nothing is read yet.
     *
     * @param fresh the age up to which a value is not read again
     * @param patience how long who asks waits for a query that is under way
     */
    SharedReading(Supplier<T> query, Duration fresh, Duration patience) {
        this.query = query;
        this.fresh = fresh;
        this.patience = patience;
        this.state = new State<>(null, System.nanoTime(), false);
    }

    /** The newest value that can be had in time. */
    State<T> get() {
        try {
            running().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new State<>(state.value(), state.readNanos(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // read() catches what the query throws.
            throw new IllegalStateException(e);
        }
        return state;
    }

    private synchronized CompletableFuture<Void> running() {
        if (running.isDone() && System.nanoTime() - dueNanos >= 0) {
            running = CompletableFuture.runAsync(this::read, SharedReading::onThreadOfItsOwn);
        }
        return running;
    }

    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(task, "queue-figures");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        long begin = System.nanoTime();
        try {
            state = new State<>(query.get(), begin, true);
        } catch (RuntimeException e) {
            state = new State<>(state.value(), state.readNanos(), false);
            // Another condition reports that the database does not answer.
            LOG.debug("Reading the figures of the queues failed", e);
        }
        rest(Math.min(LONGEST_REST.toNanos(), (System.nanoTime() - begin) * SHARE));
    }

    private synchronized void rest(long nanos) {
        dueNanos = System.nanoTime() + Math.max(fresh.toNanos(), nanos);
    }
}
