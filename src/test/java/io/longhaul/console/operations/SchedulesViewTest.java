package io.longhaul.console.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schedules.Misfire;
import io.longhaul.schedules.Schedule;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulesViewTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private static Schedule schedule(String zone) {
        return new Schedule(
                null,
                "nightly",
                "echo",
                "{}",
                "0 3 * * *",
                zone,
                Misfire.RUN_ONCE.label(),
                "{}",
                null,
                NOW.plusSeconds(3_600),
                null,
                null,
                null,
                NOW,
                null,
                NOW);
    }

    private static List<String> coming(Schedule schedule) {
        return new SchedulesView(List.of(schedule), null, null, NOW).coming(schedule);
    }

    @Test
    void aScheduleInATimeZoneThatOnlyAnotherNodeKnowsIsShownWithItsNextRun() {
        assertThat(coming(schedule("Europe/Berlin"))).hasSize(3);
        assertThat(coming(schedule("America/Not_Yet"))).hasSize(1);
    }
}
