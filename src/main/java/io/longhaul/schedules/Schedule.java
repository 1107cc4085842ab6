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
     * @throws IllegalArgumentException if this node cannot read cron or time zone; the node that stored them could, and
     *     may have a newer Java, which knows more zones
     */
    public Cron times() {
        ZoneId zone = Cron.zone(timeZone)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The Java of this node knows no time zone " + timeZone + ": update it, or change time_zone."));
        return Cron.parse(cron, zone);
    }
}
