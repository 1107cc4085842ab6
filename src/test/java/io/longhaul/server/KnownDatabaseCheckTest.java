package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.readiness.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownDatabaseCheckTest {
    private static KnownDatabaseCheck check(Condition... conditions) {
        return new KnownDatabaseCheck(List.of(conditions).stream()
                .map(condition -> (java.util.function.Supplier<Condition>) () -> condition)
                .toList());
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsUnhealthyWithItsKnownState() {
        Condition silent = Condition.fails("schema", Condition.DATABASE_UNAVAILABLE, "It does not answer.", null);
        Condition short_ = Condition.fails("database", Condition.CONNECTIONS_SHORT, "None is free.", null);
        assertThat(check(silent).execute().getMessage()).isEqualTo("It does not answer.");
        assertThat(check(Condition.holds("schema", "Right."), short_).execute().isHealthy())
                .isFalse();
    }

    @Test
    void schemaFailuresAreNotReportedTwice() {
        Condition wrong = Condition.fails("schema", Condition.DATABASE_MIGRATION_REQUIRED, "A table is missing.", null);
        assertThat(check(wrong, Condition.holds("database", "Fine.")).execute().isHealthy())
                .isTrue();
    }
}
