package io.longhaul.events;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The jobs that were reported as running a moment ago. A node returns claims that it cannot begin, nearly always within a
 * fifth of a second, and no row tells that; so these jobs are looked at again. For one thread.
 */
final class YoungLeases {
    /** Ages of a lease at which it is looked at: most are returned by the first, those of a busy node by the second. */
    private static final List<Duration> LOOKS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(5));

    private final Map<UUID, Look> reported = new HashMap<>();

    private record Look(Instant leased, int number) {
        Instant due() {
            return leased.plus(LOOKS.get(number));
        }
    }

    /** Takes note of a change that is reported. */
    void note(JobChange change, Instant now) {
        if (change.status() != JobStatus.RUNNING || change.startedAt() == null) {
            reported.remove(change.id());
            return;
        }
        Look first = new Look(change.startedAt(), 0);
        if (first.due().isAfter(now)) {
            reported.put(change.id(), first);
        }
    }

    /** The jobs to look at now. */
    List<UUID> due(Instant now) {
        List<UUID> due = new ArrayList<>();
        reported.forEach((job, look) -> {
            if (!look.due().isAfter(now)) {
                due.add(job);
            }
        });
        for (UUID job : due) {
            reported.computeIfPresent(
                    job,
                    (id, look) -> look.number() + 1 < LOOKS.size() ? new Look(look.leased(), look.number() + 1) : null);
        }
        return due;
    }

    void clear() {
        reported.clear();
    }
}
