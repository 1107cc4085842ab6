package io.longhaul.database.probe;

import io.longhaul.database.LockMode;
import io.longhaul.loops.Loop;
import io.longhaul.readiness.Condition;
import io.longhaul.schema.Diagnosis;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the engine of a node after its start, and again every hour, because another server may have taken its place; and
 * looks every minute whether somebody chose rows for its locks. Until a first answer the node works as if the engine had
 * everything, but takes no lock of one kind alone.
 */
public final class EngineWatch {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");
    private static final String NAME = "engine";

    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration INCOMPLETE = Duration.ofMinutes(1);
    private static final Duration COMPLETE = Duration.ofHours(1);
    private static final Duration CHOICE = Duration.ofMinutes(1);

    private final EngineProbe.Connections connections;
    private final Loop loop = Loop.exact("engine-watch", Duration.ofSeconds(1), this::step);
    private volatile Optional<Engine> seen = Optional.empty();
    private long probedAtNanos;

    /** @param connections lead where the workers' connections lead */
    public EngineWatch(EngineProbe.Connections connections) {
        this.connections = connections;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.interrupt();
    }

    /** True if the engine lacks something without which jobs would be lost or run twice. */
    public boolean isRefused() {
        return seen.flatMap(Engine::refusal).isPresent();
    }

    /** True if the engine is known to deliver no notifications. */
    public boolean isDeaf() {
        return seen.filter(engine -> engine.lacks(Capability.NOTIFICATIONS)).isPresent();
    }

    /** What the engine has and lacks; fails if it cannot be used. */
    public Condition condition() {
        return seen.map(EngineWatch::told).orElseGet(() -> Condition.holds(NAME, "Not looked yet."));
    }

    private static Condition told(Engine engine) {
        Optional<Diagnosis> refusal = engine.refusal();
        return new Condition(
                NAME,
                refusal.isEmpty(),
                refusal.isEmpty() ? null : Condition.DATABASE_MIGRATION_REQUIRED,
                refusal.map(Diagnosis::cause).orElseGet(engine::summary),
                refusal.map(Diagnosis::cure).orElse(null),
                engine.facts());
    }

    /**
     * How transactions hold off those of other nodes. Before the first look it looks now, and if the database does not
     * answer, both kinds of locks are taken: whatever other nodes take is among them.
     */
    public LockMode lockMode() {
        if (seen.isEmpty()) {
            firstLook();
        }
        return seen.map(Engine::lockMode).orElse(LockMode.BOTH);
    }

    private synchronized void firstLook() {
        if (seen.isEmpty()) {
            step();
        }
    }

    synchronized Duration step() {
        try {
            boolean known = seen.filter(Engine::isComplete).isPresent()
                    && System.nanoTime() - probedAtNanos < COMPLETE.toNanos();
            saw(known ? seen.get().with(EngineProbe.rowsAreChosen(connections)) : probe());
            return seen.get().isComplete() ? CHOICE : INCOMPLETE;
        } catch (SQLException e) {
            // Another condition reports that the database does not answer.
            LOG.debug("Probing the engine failed", e);
            return AWAY;
        }
    }

    private Engine probe() throws SQLException {
        Engine engine = EngineProbe.look(connections);
        probedAtNanos = System.nanoTime();
        if (engine.lockMode() == LockMode.ROWS && !engine.rowsChosen()) {
            // First: a node on another machine of the engine may have found advisory locks, and must lock rows, too.
            try (Connection connection = connections.open()) {
                RowsChosen.set(connection);
            }
        }
        return engine;
    }

    private void saw(Engine engine) {
        if (!seen.equals(Optional.of(engine))) {
            LOG.info("{}", engine.refusal().map(Diagnosis::text).orElseGet(engine::summary));
        }
        seen = Optional.of(engine);
    }
}
