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
 * Watches the schema, and tells listeners when the verdict on it changes.
 *
 * <p>A cheap check every two seconds notices that the database is gone or was migrated. The whole catalog is compared
 * every ten seconds, after every change noticed, while the node is not ready, and at once when the error of a statement
 * points at the schema. Nothing needs a restart to recover.
 */
public final class SchemaWatch implements Managed {
    /** Together with {@link #PATIENCE} this notices an outage within five seconds. */
    private static final Duration GLANCE_EVERY = Duration.ofSeconds(2);

    /** While the database is away or takes no writes: requests are refused until a look finds it back. */
    private static final Duration GLANCE_SOON = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofMillis(2_500);
    /** A renamed column shows only in the catalog; reading that takes about 20 ms of the database. */
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(10);
    /** Many failing requests count as one suspicion. */
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
     * @param source gives the one connection that is kept; its schema is watched
     * @param cures for the messages
     */
    public SchemaWatch(DataSource source, SchemaExpectation expectation, Cures cures) {
        this.look = new SchemaCheck(new SchemaProbe(source), new SchemaVerdict(expectation, cures), PATIENCE);
        this.state = new SchemaVerdict(expectation, cures).unknown();
    }

    /**
     * The last verdict, without a query.
     *
     * @return {@link SchemaState.Status#UNKNOWN} until the first check is done
     */
    public SchemaState state() {
        return state;
    }

    /**
     * Registers a listener. It is called on the watching thread after each change of status, reason, cure or findings,
     * but not after mere confirmations.
     *
     * @param listener must not block for long
     */
    public void onChange(Consumer<SchemaState> listener) {
        listeners.add(listener);
    }

    /** Requests a comparison of the whole catalog at once. Cheap and never blocks. */
    public void suspect() {
        suspected.set(true);
        loop.wakeUp();
    }

    /**
     * Requests a comparison if a statement's error points at the schema.
     *
     * @param error any error; its causes are searched
     * @return true if it points at the schema (SQLSTATE 42P01, 42703, 42704, 3F000, 42501, 22P02)
     */
    public boolean suspect(Throwable error) {
        boolean pointsAtSchema = SqlStates.pointsAtSchema(error);
        if (pointsAtSchema) {
            suspect();
        }
        return pointsAtSchema;
    }

    /** Compares the whole catalog now and publishes the verdict, within 2.5 seconds. */
    public synchronized SchemaState check() {
        look(true);
        return state;
    }

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
            // An unwatched schema would keep its last verdict for ever.
            LOG.error("The schema check failed; it is tried again", e);
        }
        // Within the step, so that no suspicion cuts it short.
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        return (isAway() ? GLANCE_SOON : GLANCE_EVERY).minus(CALM);
    }

    private boolean isAway() {
        SchemaState.Status status = state.status();
        return status == SchemaState.Status.UNREACHABLE || status == SchemaState.Status.READ_ONLY;
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
            // The check was cut short, so its result says nothing about the database.
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
