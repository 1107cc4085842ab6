package io.longhaul.readiness;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collects the conditions for traffic; the node is ready if all hold. This class checks nothing: the wiring ({@code
 * server.NodeConditions}) passes the conditions of the schema, the database, the workers and other parts, which already
 * know their state. So asking costs nothing and never waits.
 */
public final class Readiness {
    private final List<Supplier<Condition>> conditions;

    /** @param conditions each gives its current state, at once and without throwing */
    public Readiness(List<Supplier<Condition>> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    /** All conditions now, in the order of the constructor. */
    public State current() {
        return new State(conditions.stream().map(Supplier::get).toList());
    }

    /** All conditions at one moment, in the order of the constructor. */
    public record State(List<Condition> conditions) {
        /** True if every condition holds. */
        public boolean ready() {
            return conditions.stream().allMatch(Condition::ok);
        }

        /** The first condition that does not hold. */
        public Optional<Condition> firstFailure() {
            return conditions.stream().filter(c -> !c.ok()).findFirst();
        }

        /** The first condition that holds and is degraded. */
        public Optional<Condition> firstDegraded() {
            return conditions.stream().filter(Condition::degraded).findFirst();
        }

        /**
         * The condition that reports a wrong schema; empty while the schema is right, or unknown because the database
         * does not answer.
         */
        public Optional<Condition> wrongSchema() {
            return conditions.stream()
                    .filter(c -> !c.ok() && Condition.DATABASE_MIGRATION_REQUIRED.equals(c.errorCode()))
                    .findFirst();
        }
    }
}
