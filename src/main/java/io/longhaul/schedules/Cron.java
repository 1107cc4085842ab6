package io.longhaul.schedules;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The times of a schedule: five fields of a Unix cron table, read in a time zone. */
public final class Cron {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private static final int HOURS = 24;

    /** What crontab(5) knows, apart from {@code @reboot}. */
    private static final Map<String, String> NICKNAMES = nicknames();

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

    /** The five fields of a nickname such as {@code @daily}; another expression as it is. */
    public static String fields(String expression) {
        return NICKNAMES.getOrDefault(expression.strip().toLowerCase(Locale.ROOT), expression);
    }

    /** The nicknames that stand for five fields. */
    public static Set<String> names() {
        return NICKNAMES.keySet();
    }

    private static Map<String, String> nicknames() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("@hourly", "0 * * * *");
        names.put("@daily", "0 0 * * *");
        names.put("@midnight", "0 0 * * *");
        names.put("@weekly", "0 0 * * 0");
        names.put("@monthly", "0 0 1 * *");
        names.put("@yearly", "0 0 1 1 *");
        names.put("@annually", "0 0 1 1 *");
        return Collections.unmodifiableMap(names);
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

    /**
     * The next time after this one; empty if there is none, as for the 30th of February. A time that the zone's clock
     * skips is left out. One that it shows twice counts the first time only, unless there are times in every hour of
     * that day.
     */
    public Optional<Instant> next(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        ZoneOffsetTransition change = rules.nextTransition(after);
        Optional<LocalDateTime> next = nextOnClock(LocalDateTime.ofInstant(after, offset));
        while (next.isPresent()) {
            LocalDateTime clock = next.get();
            Instant time = clock.toInstant(offset);
            if (change != null && !time.isBefore(change.getInstant())) {
                clock = change.getDateTimeAfter().minusSeconds(1);
                offset = change.getOffsetAfter();
                change = rules.nextTransition(change.getInstant());
            } else if (rules.getValidOffsets(clock).get(0).equals(offset) || isHourlyOn(clock.toLocalDate())) {
                return Optional.of(time);
            }
            next = nextOnClock(clock);
        }
        return Optional.empty();
    }

    // The library's own handling of clock changes repeats and leaves out runs, so it is given a clock that has none.
    private Optional<LocalDateTime> nextOnClock(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                // A guard: a time that does not advance would make an endless loop.
                .filter(next -> next.isAfter(after));
    }

    private boolean isHourlyOn(LocalDate day) {
        return IntStream.range(0, HOURS).mapToObj(hour -> day.atTime(hour, 0)).allMatch(this::hasTimeInHourFrom);
    }

    private boolean hasTimeInHourFrom(LocalDateTime hour) {
        return nextOnClock(hour.minusSeconds(1))
                .filter(next -> next.isBefore(hour.plusHours(1)))
                .isPresent();
    }
}
