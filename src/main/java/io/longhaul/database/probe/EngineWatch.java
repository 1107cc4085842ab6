package io.longhaul.database.probe;

import io.longhaul.loops.Loop;
import io.longhaul.readiness.Condition;
import io.longhaul.schema.Diagnosis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the engine of a node after its start, and again every hour, because another server may have taken its place.
 * Until a first answer the node works as if the engine had everything.
 */
public final class EngineWatch {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");
    private static final String NAME = "engine";

    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration INCOMPLETE = Duration.ofMinutes(1);
    private static final Duration COMPLETE = Duration.ofHours(1);

    private final EngineProbe.Connections connections;
    private final Loop loop = Loop.exact("engine-watch", Duration.ofSeconds(1), this::step);
    private volatile Optional<Engine> seen = Optional.empty();

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

    Duration step() {
        try {
            Engine engine = EngineProbe.look(connections);
            if (!seen.equals(Optional.of(engine))) {
                LOG.info("{}", engine.refusal().map(Diagnosis::text).orElseGet(engine::summary));
            }
            seen = Optional.of(engine);
            return engine.isComplete() ? COMPLETE : INCOMPLETE;
        } catch (SQLException e) {
            // Another condition reports that the database does not answer.
            LOG.debug("Probing the engine failed", e);
            return AWAY;
        }
    }
}
