package io.longhaul.schema.watch;

import com.codahale.metrics.health.HealthCheck;
import io.longhaul.schema.catalog.Difference;
import java.util.function.Supplier;

/**
 * The admin health check {@code jobs-table}: unhealthy while the schema does not let this node serve. For the admin
 * port only; {@code /readyz} uses the node's conditions. Costs no query.
 */
public final class JobsTableCheck extends HealthCheck {
    public static final String NAME = "jobs-table";

    private final Supplier<SchemaState> state;

    /** @param state usually {@code schemaWatch::state} */
    public JobsTableCheck(Supplier<SchemaState> state) {
        this.state = state;
    }

    @Override
    protected Result check() {
        SchemaState now = state.get();
        ResultBuilder result = Result.builder()
                .withDetail("status", now.status().name())
                .withDetail("expected_level", now.finding().expectedLevel())
                .withDetail("found_level", now.finding().foundLevel())
                .withDetail("pending", now.finding().pending())
                .withDetail("unknown", now.finding().unknown())
                .withDetail(
                        "differences",
                        now.finding().differences().stream()
                                .limit(10)
                                .map(Difference::line)
                                .toList())
                .withDetail("since", now.since().toString())
                .withDetail("checked_at", now.checkedAt().toString());
        String message = now.message();
        return now.ready()
                ? result.healthy().withMessage(message).build()
                : result.unhealthy().withMessage(message).build();
    }
}
