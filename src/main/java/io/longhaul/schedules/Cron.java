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

/** The times of a schedule: five fields of a Unix cron table, read in a time zone. */
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
     * @throws IllegalArgumentException if it is invalid; the message says why
     */
    public static Cron parse(String expression, ZoneId zone) {
        return new Cron(ExecutionTime.forCron(PARSER.parse(expression)), zone);
    }

    /**
     * Finds a time zone.
     *
     * @param name of the IANA database, such as {@code Europe/Berlin}, or UTC
     */
    public static Optional<ZoneId> zone(String name) {
        try {
            // Java also accepts offsets and the like, which are not in the IANA database that PostgreSQL and people
            // use.
            return ZoneId.getAvailableZoneIds().contains(name) ? Optional.of(ZoneId.of(name)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The next time after this one; empty if there is none, as for the 30th of February. */
    public Optional<Instant> next(Instant after) {
        return times.nextExecution(after.atZone(zone))
                .map(ZonedDateTime::toInstant)
                // A guard: a time that does not advance would make an endless loop.
                .filter(next -> next.isAfter(after));
    }
}
