package io.longhaul.server;

import io.longhaul.ops.Condition;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.watch.SchemaState;
import java.util.Map;

/** Says of the schema's state what readiness needs to know. */
final class SchemaCondition {
    private static final String NAME = "schema";

    private SchemaCondition() {}

    static Condition of(SchemaState state) {
        return switch (state.status()) {
            case READY ->
                new Condition(
                        NAME,
                        true,
                        null,
                        state.reason().isEmpty() ? "The schema is what this release needs." : state.reason(),
                        null,
                        details(state));
            case MIGRATION_REQUIRED, INCOMPATIBLE -> failing(Condition.DATABASE_MIGRATION_REQUIRED, state);
            case READ_ONLY -> failing(Condition.DATABASE_READ_ONLY, state);
            case UNREACHABLE, UNKNOWN -> failing(Condition.DATABASE_UNAVAILABLE, state);
        };
    }

    private static Condition failing(String code, SchemaState state) {
        String cure = state.cure().isEmpty() ? null : state.cure();
        return new Condition(NAME, false, code, state.reason(), cure, details(state));
    }

    private static Map<String, Object> details(SchemaState state) {
        return Map.of(
                "status", state.status().name(),
                "expected_level", state.finding().expectedLevel(),
                "found_level", state.finding().foundLevel(),
                "pending", state.finding().pending(),
                "unknown", state.finding().unknown(),
                "differences",
                        state.finding().differences().stream()
                                .limit(10)
                                .map(Difference::line)
                                .toList(),
                "since", state.since().toString(),
                "checked_at", state.checkedAt().toString());
    }
}
