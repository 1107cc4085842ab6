package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.readiness.Condition;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeConditionsTest {
    @Test
    void quarantinedRowsAreListedAndTheNodeStaysReady() {
        UUID row = UUID.randomUUID();
        Condition condition = NodeConditions.quarantine(
                List.of(new Quarantine.Row("clean-up", row, 3, "not this one", Instant.EPOCH)));
        assertThat(condition.ok()).isTrue();
        assertThat(condition.degraded()).isTrue();
        assertThat(condition.message()).contains("clean-up of " + row + " failed 3 times: not this one");
        assertThat(condition.details().toString()).contains(row.toString());
    }

    @Test
    void withoutQuarantinedRowsTheNodeIsNotDegraded() {
        assertThat(NodeConditions.quarantine(List.of()).degraded()).isFalse();
    }
}
