package io.longhaul.server;

import com.codahale.metrics.health.HealthCheck;
import io.longhaul.readiness.Condition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The known state of the database for {@code /healthcheck} on the admin port. It takes no connection, so it answers
 * at once even when all are in use.
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
                // The check of the schema reports this.
                .filter(condition -> !Condition.DATABASE_MIGRATION_REQUIRED.equals(condition.errorCode()))
                .findFirst();
        return failure.map(condition -> Result.unhealthy(condition.message())).orElseGet(Result::healthy);
    }
}
