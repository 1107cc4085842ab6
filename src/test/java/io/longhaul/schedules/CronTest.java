package io.longhaul.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    private static final Duration AROUND = Duration.ofHours(50);

    private static final List<String> AROUND_CHANGES = List.of(
            "30 2 * * *",
            "0 2,3 * * *",
            "15 1-3 * * *",
            "*/15 2 * * *",
            "*/15 * * * *",
            "30 */1 * * 0",
            "10 0-23 * * *",
            "0 */2 * * *",
            "0,45 0,1 * * *",
            "0 0 * * *",
            "59 23 * * 6",
            "0 0 1 * *");

    private static List<String> next(String cron, String zone, String from, int count) {
        Cron times = Cron.parse(cron, ZoneId.of(zone));
        List<String> all = new ArrayList<>();
        Optional<Instant> next = Optional.of(Instant.parse(from));
        for (int i = 0; i < count && next.isPresent(); i++) {
            next = times.next(next.get());
            next.ifPresent(time -> all.add(time.toString()));
        }
        return all;
    }

    /** Each is what crontab(5) says. */
    @ParameterizedTest
    @CsvSource({
        "@hourly, 0 * * * *",
        "@daily, 0 0 * * *",
        "@midnight, 0 0 * * *",
        "@Weekly, 0 0 * * 0",
        "@monthly, 0 0 1 * *",
        "@yearly, 0 0 1 1 *",
        "@annually, 0 0 1 1 *",
        "@reboot, @reboot",
        "1 2 3 4 5, 1 2 3 4 5"
    })
    void aNicknameStandsForFields(String nickname, String fields) {
        assertThat(Cron.fields(nickname)).isEqualTo(fields);
    }

    @ParameterizedTest
    @CsvSource({
        "*/15 * * * *, 2026-01-01T00:01:00Z, 2026-01-01T00:15:00Z",
        "0 3 * * *, 2026-01-01T03:00:00Z, 2026-01-02T03:00:00Z",
        "0 0 1 1 *, 2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "30 9 * * 1-5, 2026-01-02T10:00:00Z, 2026-01-05T09:30:00Z",
        "0 0 * * 0, 2026-01-01T00:00:00Z, 2026-01-04T00:00:00Z",
        "0 0 * * 7, 2026-01-01T00:00:00Z, 2026-01-04T00:00:00Z",
        "0 0 29 2 *, 2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z"
    })
    void theNextTimeIsThatOfAnyCron(String cron, String from, String expected) {
        assertThat(next(cron, "UTC", from, 1)).containsExactly(expected);
    }

    @Test
    void dayOfMonthAndDayOfWeekAreAlternativesWhenBothAreGiven() {
        assertThat(next("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", 4))
                .containsExactly(
                        "2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z", "2026-01-16T00:00:00Z");
    }

    @Test
    void aTimeThatTheClockSkipsInSpringIsLeftOutThatDay() {
        // On 29 March 2026 it is 03:00 in Berlin right after 02:00, at 01:00 UTC.
        assertThat(next("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 2))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z");
        assertThat(next("30 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 1))
                .containsExactly("2026-03-29T01:30:00Z");
    }

    @Test
    void aTimeThatComesTwiceInAutumnRunsOnceADay() {
        // On 25 October 2026 it is 02:30 in Berlin at 00:30 and at 01:30 UTC.
        List<String> runs = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assertThat(runs).containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(next("0 2,3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 3))
                .containsExactly("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T01:00:00Z");
        // A late run asks for the next time when the clock shows 02:31 for the first time.
        assertThat(next("30 2 * * *", "Europe/Berlin", "2026-10-25T00:31:00Z", 1))
                .containsExactly("2026-10-26T01:30:00Z");
    }

    /** At midnight, by half an hour, at a quarter to an hour, and back to the day before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "America/New_York",
                "Atlantic/Azores",
                "Australia/Lord_Howe",
                "Pacific/Chatham",
                "Asia/Beirut"
            })
    void eachTimeThatTheClockShowsAroundAChangeCountsOnceOrEachTimeIfHourly(String zone) {
        ZoneRules rules = ZoneId.of(zone).getRules();
        Instant change = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < 2; i++) {
            change = rules.nextTransition(change).getInstant();
            for (String cron : AROUND_CHANGES) {
                assertThat(between(change, cron, zone))
                        .as("%s in %s around %s", cron, zone, change)
                        .isEqualTo(shownAround(change, cron.split(" "), rules));
            }
        }
    }

    private static List<Instant> between(Instant change, String cron, String zone) {
        Cron times = Cron.parse(cron, ZoneId.of(zone));
        return Stream.iterate(times.next(change.minus(AROUND)), time -> times.next(time.orElseThrow()))
                .map(Optional::orElseThrow)
                .takeWhile(time -> time.isBefore(change.plus(AROUND)))
                .toList();
    }

    /** Looks at each minute. */
    private static List<Instant> shownAround(Instant change, String[] fields, ZoneRules rules) {
        boolean hourly = IntStream.range(0, 24).allMatch(hour -> hasValue(fields[1], hour));
        return Stream.iterate(change.minus(AROUND).plusSeconds(60), time -> time.plusSeconds(60))
                .takeWhile(time -> time.isBefore(change.plus(AROUND)))
                .filter(time -> {
                    LocalDateTime clock = LocalDateTime.ofInstant(time, rules.getOffset(time));
                    return hasValue(fields[0], clock.getMinute())
                            && hasValue(fields[1], clock.getHour())
                            && hasValue(fields[2], clock.getDayOfMonth())
                            && hasValue(fields[4], clock.getDayOfWeek().getValue() % 7)
                            && (hourly || rules.getValidOffsets(clock).get(0).equals(rules.getOffset(time)));
                })
                .toList();
    }

    /** Reads stars, steps of stars, lists and ranges. */
    private static boolean hasValue(String field, int value) {
        if (field.startsWith("*")) {
            return field.equals("*") || value % Integer.parseInt(field.substring(2)) == 0;
        }
        return Stream.of(field.split(",")).anyMatch(part -> isBetween(value, part.split("-")));
    }

    private static boolean isBetween(int value, String... ends) {
        return Integer.parseInt(ends[0]) <= value && value <= Integer.parseInt(ends[ends.length - 1]);
    }

    @Test
    void halfHourlyRunsContinueThroughBothClockChanges() {
        assertThat(next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4))
                .containsExactly(
                        "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z");
        assertThat(next("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 4))
                .containsExactly(
                        "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z");
    }

    @Test
    void aTimeThatNeverComesIsEmpty() {
        assertThat(Cron.parse("0 0 30 2 *", ZoneId.of("UTC")).next(Instant.parse("2026-01-01T00:00:00Z")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "x * * * *", "@daily"})
    void invalidCronExpressionsAreRefused(String cron) {
        assertThatThrownBy(() -> Cron.parse(cron, ZoneId.of("UTC"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void zonesAreThoseOfTheIanaDatabase() {
        assertThat(Cron.zone("Europe/Berlin")).isPresent();
        assertThat(Cron.zone("UTC")).isPresent();
        for (String none : List.of("Mars/Olympus", "+01:00", "", "CEST")) {
            assertThat(Cron.zone(none)).as(none).isEmpty();
        }
    }
}
