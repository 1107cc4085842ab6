package io.longhaul.server;

import com.codahale.metrics.health.HealthCheck;
import io.longhaul.ops.Condition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is known of the database, for {@code /healthcheck} on the admin port: it takes no connection, so that it answers at
 * once also while all are in use.
 */
final class KnownDatabaseCheck extends HealthCheck {
    private final List<Supplier<Condition>> conditions;

    KnownDatabaseCheck(List<Supplier<Condition>> conditions) {
        this.conditions = conditions;
    }

    @Override
    protected Result check() {
        Optional<Condition> failure = conditions.stream()
                .map(Supplier::get)
                .filter(condition -> !condition.ok())
                // What is wrong with the schema is told by a check of its own.
                .filter(condition -> !Condition.DATABASE_MIGRATION_REQUIRED.equals(condition.errorCode()))
                .findFirst();
        return failure.map(condition -> Result.unhealthy(condition.message())).orElseGet(Result::healthy);
    }
}
