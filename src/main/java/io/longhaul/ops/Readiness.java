package io.longhaul.ops;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether this node is ready for traffic. It looks at nothing itself: it asks for what others already know, so that
 * asking costs nothing and never waits.
 */
public final class Readiness {
    private final List<Supplier<Condition>> conditions;

    /**
     * Collects the conditions.
     *
     * @param conditions each gives what is known at this moment, at once and without throwing
     */
    public Readiness(List<Supplier<Condition>> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    /**
     * What is known now.
     *
     * @return all conditions, in the order of the constructor
     */
    public State current() {
        return new State(conditions.stream().map(Supplier::get).toList());
    }

    /**
     * All conditions at one moment.
     *
     * @param conditions in the order of the constructor
     */
    public record State(List<Condition> conditions) {
        /**
         * Whether the node is ready.
         *
         * @return true if every condition holds
         */
        public boolean ready() {
            return conditions.stream().allMatch(Condition::ok);
        }

        /**
         * What to tell first.
         *
         * @return the first condition that does not hold
         */
        public Optional<Condition> firstFailure() {
            return conditions.stream().filter(c -> !c.ok()).findFirst();
        }

        /**
         * What somebody should look at although the node is ready.
         *
         * @return the first such condition
         */
        public Optional<Condition> firstDegraded() {
            return conditions.stream().filter(Condition::degraded).findFirst();
        }

        /**
         * What is wrong with the schema.
         *
         * @return the condition that says so; nothing while the schema is right, or not known because the database
         *     does not answer
         */
        public Optional<Condition> wrongSchema() {
            return conditions.stream()
                    .filter(c -> !c.ok() && Condition.DATABASE_MIGRATION_REQUIRED.equals(c.errorCode()))
                    .findFirst();
        }
    }
}
