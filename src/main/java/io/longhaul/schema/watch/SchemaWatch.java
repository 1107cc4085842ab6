package io.longhaul.schema.watch;

import io.dropwizard.lifecycle.Managed;
import io.longhaul.loops.Loop;
import io.longhaul.schema.Cures;
import io.longhaul.schema.SqlStates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps looking whether the schema lets this node serve, and tells who listens when that changes.
 *
 * <p>A cheap look every two seconds sees that the database is gone or that somebody migrated; the whole catalog is
 * compared every ten seconds, after every change seen, while the node is not ready, and at once when a statement
 * failed in a way that points at the schema. Nothing needs a restart to recover.
 */
public final class SchemaWatch implements Managed {
    /** With {@link #PATIENCE} this keeps the time until an outage is seen below five seconds. */
    private static final Duration GLANCE_EVERY = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofMillis(2_500);
    /** A renamed column shows only in the catalog; reading that takes some 20 ms of the database. */
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(10);
    /** Many failing requests are one suspicion. */
    private static final Duration CALM = Duration.ofMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(SchemaWatch.class);

    private final SchemaCheck look;
    private final List<Consumer<SchemaState>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean suspected = new AtomicBoolean(true);
    private final Loop loop = Loop.exact("schema-watch", Duration.ZERO, this::watch);
    private volatile SchemaState state;
    private volatile boolean stopped;
    private long comparedAt;

    /**
     * Watches a database.
     *
     * @param source where one connection is taken from and kept; its schema is the one that is watched
     * @param expectation what this release needs
     * @param cures how to word the commands that help
     */
    public SchemaWatch(DataSource source, SchemaExpectation expectation, Cures cures) {
        this.look = new SchemaCheck(new SchemaProbe(source), new SchemaVerdict(expectation, cures), PATIENCE);
        this.state = new SchemaVerdict(expectation, cures).unknown();
    }

    /**
     * The last verdict. Costs nothing.
     *
     * @return {@link SchemaState.Status#UNKNOWN} until the first check is done
     */
    public SchemaState state() {
        return state;
    }

    /**
     * Registers who wants to know. Called on the watching thread after each change of status, reason, cure or
     * findings, and never for a mere confirmation.
     *
     * @param listener must not block for long
     */
    public void onChange(Consumer<SchemaState> listener) {
        listeners.add(listener);
    }

    /** Compares the whole catalog at once instead of at the next turn. Cheap and never blocks. */
    public void suspect() {
        suspected.set(true);
        loop.wakeUp();
    }

    /**
     * Looks at an error that a statement of this service ended with, and if it points at the schema, suspects it.
     *
     * @param error any error; its causes are searched
     * @return whether it points at the schema (SQLSTATE 42P01, 42703, 42704, 3F000, 42501, 22P02)
     */
    public boolean suspect(Throwable error) {
        boolean pointsAtSchema = SqlStates.pointsAtSchema(error);
        if (pointsAtSchema) {
            suspect();
        }
        return pointsAtSchema;
    }

    /**
     * Compares the whole catalog now and publishes the verdict.
     *
     * @return the verdict, after at most 2.5 seconds
     */
    public synchronized SchemaState check() {
        look(true);
        return state;
    }

    /** Starts watching on a thread of its own. */
    @Override
    public void start() {
        loop.start();
    }

    /** Stops watching and gives the connection back. The last verdict stays. */
    @Override
    public void stop() {
        stopped = true;
        loop.interrupt();
        look.close();
    }

    private Duration watch() throws InterruptedException {
        try {
            step(suspected.getAndSet(false));
        } catch (RuntimeException e) {
            // An unwatched schema would stay at its last verdict for ever.
            LOG.error("The schema check failed; it is tried again", e);
        }
        // Within the step, so that no suspicion cuts it short.
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        return GLANCE_EVERY.minus(CALM);
    }

    private synchronized void step(boolean whole) {
        boolean due = System.nanoTime() - comparedAt >= COMPARE_EVERY.toNanos();
        look(whole || due || !state.ready());
    }

    private void look(boolean whole) {
        comparedAt = whole ? System.nanoTime() : comparedAt;
        look.look(whole).ifPresentOrElse(this::publish, () -> state = state.checkedAt(Instant.now()));
    }

    private void publish(SchemaState next) {
        if (stopped) {
            // The look was cut short: what it saw says nothing about the database.
            return;
        }
        SchemaState last = state;
        boolean same = next.saysTheSameAs(last);
        state = next.status() == last.status() ? next.since(last.since()) : next;
        if (!same) {
            listeners.forEach(listener -> listener.accept(state));
        }
    }
}
