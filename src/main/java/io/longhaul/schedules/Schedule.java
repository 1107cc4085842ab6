package io.longhaul.schedules;

import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;

/**
 * A schedule, which makes jobs again and again.
 *
 * @param name unique, for people
 * @param tool name of the tool
 * @param params JSON value as text
 * @param cron five fields
 * @param timeZone of the IANA database
 * @param misfire label of a {@link Misfire}
 * @param options JSON object as text: the other members of its jobs' submits, and {@code overlap}
 * @param pausedAt since when it makes no jobs, or null
 * @param nextRunAt when it is due, or null for never
 * @param lastRunAt when it last made a job, or null
 * @param lastJobId the last job it made, or null
 * @param lastError why it made no job the last time it was due, or which runs it left out; null without a problem
 * @param principal its owner, and that of its jobs; null without one
 * @param readAt database time of the read
 */
public record Schedule(
        UUID id,
        String name,
        String tool,
        String params,
        String cron,
        String timeZone,
        String misfire,
        String options,
        Instant pausedAt,
        Instant nextRunAt,
        Instant lastRunAt,
        UUID lastJobId,
        String lastError,
        Instant createdAt,
        String principal,
        Instant readAt) {

    /**
     * Its times.
     *
     * @throws IllegalArgumentException if cron or time zone is invalid, although both were checked when they were
     *     stored
     */
    public Cron times() {
        ZoneId zone = Cron.zone(timeZone)
                .orElseThrow(() -> new IllegalArgumentException("There is no time zone " + timeZone + "."));
        return Cron.parse(cron, zone);
    }
}
