package io.longhaul.workers.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.Duration;
import org.junit.jupiter.api.Test;

class WorkerConfigurationTest {
    @Test
    void withoutAnySettingANodeWorksWithTheDefaults() {
        WorkerConfiguration usual = WorkerConfiguration.DEFAULT;
        assertThat(usual.concurrency()).isEqualTo(16);
        assertThat(usual.poll()).hasSeconds(1);
        assertThat(usual.lease()).hasSeconds(15);
        assertThat(usual.drain()).hasSeconds(30);
        assertThat(usual.timeout()).hasDays(7);
        assertThat(usual.cleanup()).hasSeconds(30);
        assertThat(usual.node()).isNotBlank();
    }

    @Test
    void settingsOverrideDefaults() {
        WorkerConfiguration set = WorkerConfiguration.of(
                "n1",
                4,
                Duration.milliseconds(100),
                Duration.seconds(5),
                Duration.seconds(0),
                Duration.minutes(1),
                Duration.seconds(2));
        assertThat(set.node()).isEqualTo("n1");
        assertThat(set.concurrency()).isEqualTo(4);
        assertThat(set.poll()).hasMillis(100);
        assertThat(set.lease()).hasSeconds(5);
        assertThat(set.drain()).isZero();
        assertThat(set.timeout()).hasMinutes(1);
        assertThat(set.cleanup()).hasSeconds(2);
    }

    @Test
    void aValueOutOfRangeIsRefusedWithTheRange() {
        assertThatThrownBy(() -> WorkerConfiguration.of(null, -1, null, null, null, null, null))
                .hasMessage("workers.concurrency is -1: write 0 to 10000");
        assertThatThrownBy(() -> WorkerConfiguration.of(null, null, null, Duration.seconds(1), null, null, null))
                .hasMessageStartingWith("workers.lease is 1s: write a duration from 3s to 600s");
        assertThatThrownBy(() -> WorkerConfiguration.of(null, null, Duration.milliseconds(5), null, null, null, null))
                .hasMessageStartingWith("workers.poll is 5ms");
    }
}
