package io.longhaul.schedules;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/** When a schedule is due: five fields of a Unix cron table, read in a time zone. */
public final class Cron {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime times;
    private final ZoneId zone;

    private Cron(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /**
     * Reads an expression.
     *
     * @param expression minute, hour, day of month, month, day of week
     * @param zone as {@link #zone} gives it
     * @return its times
     * @throws IllegalArgumentException if it is none; the message says why
     */
    public static Cron parse(String expression, ZoneId zone) {
        return new Cron(ExecutionTime.forCron(PARSER.parse(expression)), zone);
    }

    /**
     * Reads a time zone.
     *
     * @param name of the IANA database, such as {@code Europe/Berlin}, or UTC
     * @return the zone, or nothing if there is none of this name
     */
    public static Optional<ZoneId> zone(String name) {
        try {
            // Offsets and the like are zones for Java, but not in the database that PostgreSQL and people know.
            return ZoneId.getAvailableZoneIds().contains(name) ? Optional.of(ZoneId.of(name)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * The next time.
     *
     * @param after exclusive
     * @return nothing if there is none, as for the 30th of February
     */
    public Optional<Instant> next(Instant after) {
        return times.nextExecution(after.atZone(zone))
                .map(ZonedDateTime::toInstant)
                // A guard: a time that does not advance would be a run without end.
                .filter(next -> next.isAfter(after));
    }
}
