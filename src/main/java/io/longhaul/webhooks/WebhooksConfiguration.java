package io.longhaul.webhooks;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.longhaul.outbound.Host;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The {@code webhooks:} block: allowed addresses, timeouts and retries.
 *
 * @param allowPrivate whether loopback and private networks are allowed
 * @param allow further allowed addresses, ranges such as 10.1.0.0/16, and names of hosts
 * @param timeout of an attempt in all
 * @param concurrency attempts at once to one endpoint, from each node
 * @param schedule waits between the attempts of a delivery; it has one attempt more
 * @param largestPayload largest body in bytes; a result that does not fit is left out
 * @param retention how long a delivery is kept after its end, and how long one may wait for a paused endpoint
 * @param disableAfter how long an endpoint may fail before it is disabled
 */
public record WebhooksConfiguration(
        boolean allowPrivate,
        List<String> allow,
        Duration timeout,
        int concurrency,
        List<Duration> schedule,
        int largestPayload,
        Duration retention,
        Duration disableAfter) {
    /** The example of the Standard Webhooks specification: about three days. */
    private static final List<Duration> USUAL_SCHEDULE = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    public static final WebhooksConfiguration DEFAULT = of(null, null, null, null, null, null, null, null);

    /** Checks the ranges. */
    public WebhooksConfiguration {
        allow = List.copyOf(allow);
        schedule = List.copyOf(schedule);
        allow.forEach(WebhooksConfiguration::checkAllowed);
        between("timeout", timeout, Duration.ofSeconds(1), Duration.ofMinutes(2));
        require(concurrency >= 1 && concurrency <= 100, "concurrency is " + concurrency + ": write 1 to 100");
        require(schedule.size() <= 50, "schedule has " + schedule.size() + " waits: write at most 50");
        schedule.forEach(wait -> between("schedule", wait, Duration.ofMillis(100), Duration.ofDays(7)));
        require(
                largestPayload >= 2048 && largestPayload <= 1_048_576,
                "largestPayload is " + largestPayload + " bytes: write a size from 2KiB to 1MiB");
        between("retention", retention, Duration.ofHours(1), Duration.ofDays(365));
        between("disableAfter", disableAfter, Duration.ofMinutes(1), Duration.ofDays(365));
        Duration all = schedule.stream().reduce(Duration.ZERO, Duration::plus);
        require(
                retention.compareTo(all) > 0,
                "retention (" + text(retention) + ") is not longer than all waits of schedule together (" + text(all)
                        + "): raise it, or shorten schedule");
    }

    /** Fills in defaults. */
    @JsonCreator
    static WebhooksConfiguration of(
            @JsonProperty("allowPrivate") Boolean allowPrivate,
            @JsonProperty("allow") List<String> allow,
            @JsonProperty("timeout") io.dropwizard.util.Duration timeout,
            @JsonProperty("concurrency") Integer concurrency,
            @JsonProperty("schedule") List<io.dropwizard.util.Duration> schedule,
            @JsonProperty("largestPayload") DataSize largestPayload,
            @JsonProperty("retention") io.dropwizard.util.Duration retention,
            @JsonProperty("disableAfter") io.dropwizard.util.Duration disableAfter) {
        return new WebhooksConfiguration(
                Boolean.TRUE.equals(allowPrivate),
                Objects.requireNonNullElse(allow, List.of()),
                orElse(timeout, Duration.ofSeconds(20)),
                Objects.requireNonNullElse(concurrency, 8),
                schedule == null
                        ? USUAL_SCHEDULE
                        : schedule.stream()
                                .map(io.dropwizard.util.Duration::toJavaDuration)
                                .toList(),
                // The specification's advice: receivers may refuse larger bodies.
                (int) Math.min(
                        (largestPayload == null ? DataSize.kilobytes(20) : largestPayload).toBytes(),
                        Integer.MAX_VALUE),
                orElse(retention, Duration.ofDays(14)),
                orElse(disableAfter, Duration.ofDays(5)));
    }

    public AddressPolicy addresses() {
        return new AddressPolicy(allowPrivate, allow);
    }

    /** Duration of a claim: longer than an attempt can take. */
    Duration lease() {
        return timeout.plusSeconds(15);
    }

    private static void checkAllowed(String entry) {
        boolean holds = AddressPolicy.Range.parse(entry).isPresent()
                || (entry.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")
                        && Host.problem(entry).isEmpty());
        require(
                holds,
                "allow has \"" + entry + "\": write an address, a range such as 10.1.0.0/16, or the name of a host");
    }

    private static Duration orElse(io.dropwizard.util.Duration given, Duration usual) {
        return given == null ? usual : given.toJavaDuration();
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        boolean holds = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        require(holds, name + " has " + text(value) + ": write a duration from " + text(least) + " to " + text(most));
    }

    private static String text(Duration value) {
        return value.toMillis() % 1000 == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms";
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("webhooks." + message);
        }
    }
}
