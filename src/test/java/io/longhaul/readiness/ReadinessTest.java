package io.longhaul.readiness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static final Condition GOOD = Condition.holds("schema", "The schema is right.");
    private static final Condition MIGRATE =
            Condition.fails("schema", Condition.DATABASE_MIGRATION_REQUIRED, "Table jobs is missing.", "db migrate");
    private static final Condition DRAINING =
            Condition.fails("node", Condition.DRAINING, "The node is stopping.", null);

    @Test
    void aNodeIsReadyWhileAllConditionsHold() {
        AtomicReference<Condition> schema = new AtomicReference<>(GOOD);
        Readiness readiness = new Readiness(List.of(schema::get));
        assertThat(readiness.current().ready()).isTrue();
        assertThat(readiness.current().firstFailure()).isEmpty();

        schema.set(MIGRATE);
        assertThat(readiness.current().ready()).isFalse();
        assertThat(readiness.current().firstFailure()).contains(MIGRATE);
        assertThat(readiness.current().wrongSchema()).contains(MIGRATE);

        schema.set(GOOD);
        assertThat(readiness.current().ready()).isTrue();
    }

    @Test
    void wrongSchemaIgnoresOtherConditions() {
        Readiness readiness = new Readiness(List.of(() -> DRAINING, () -> GOOD));
        assertThat(readiness.current().ready()).isFalse();
        assertThat(readiness.current().wrongSchema()).isEmpty();

        Condition incompatible =
                Condition.fails("schema", Condition.DATABASE_MIGRATION_REQUIRED, "A column differs.", null);
        assertThat(new Readiness(List.of(() -> DRAINING, () -> incompatible))
                        .current()
                        .wrongSchema())
                .contains(incompatible);
    }

    @Test
    void aConditionThatDoesNotHoldNeedsACode() {
        assertThatNullPointerException().isThrownBy(() -> Condition.fails("schema", null, "Wrong.", null));
    }
}
