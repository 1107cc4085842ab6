package io.longhaul.console.operations;

import io.longhaul.console.Words;
import io.longhaul.console.jobs.Commands;
import io.longhaul.schedules.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schedules.
 *
 * @param schedules in the order of their names
 * @param next address of the next page, or null
 * @param commands the same by other means
 * @param readAt when they were read
 */
public record SchedulesView(List<Schedule> schedules, String next, Commands commands, Instant readAt) {
    private static final int COMING = 3;

    /** The next runs of a schedule, in words; none while it is paused. */
    public List<String> coming(Schedule schedule) {
        if (schedule.pausedAt() != null || schedule.nextRunAt() == null) {
            return List.of();
        }
        List<String> times = new ArrayList<>();
        Optional<Instant> time = Optional.of(schedule.nextRunAt());
        while (time.isPresent() && times.size() < COMING) {
            times.add(Words.clock(time.get()));
            time = after(time.get(), schedule);
        }
        return times;
    }

    private static Optional<Instant> after(Instant time, Schedule schedule) {
        try {
            return schedule.times().next(time);
        } catch (IllegalArgumentException e) {
            // Another node can read its time zone.
            return Optional.empty();
        }
    }
}
