package io.longhaul.tools.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * Waits of a tool for the answers to its questions.
 *
 * @param hold how long an attempt keeps its slot while it waits; then it ends, and another one begins with the answers
 * @param timeout how long a question waits for its answer, unless it says so itself
 */
public record InputPolicy(Duration hold, Duration timeout) {
    /** Longest time that a question may wait. */
    public static final Duration LONGEST = Duration.ofDays(365);

    /** Long enough for somebody who watches, and no slot is lost to somebody who sleeps. */
    public static final InputPolicy DEFAULT = new InputPolicy(Duration.ofMinutes(5), Duration.ofDays(7));

    /** Checks the ranges. */
    public InputPolicy {
        Checks.atLeastZero("input.hold", hold);
        Checks.that(
                timeout.compareTo(Duration.ofSeconds(1)) >= 0 && timeout.compareTo(LONGEST) <= 0,
                "input.timeout is %s: write a duration from 1s to 365d",
                timeout);
    }

    /** Fills in what the configuration leaves out. */
    @JsonCreator
    static InputPolicy of(
            @JsonProperty("hold") io.dropwizard.util.Duration hold,
            @JsonProperty("timeout") io.dropwizard.util.Duration timeout) {
        return new InputPolicy(
                hold == null ? DEFAULT.hold : hold.toJavaDuration(),
                timeout == null ? DEFAULT.timeout : timeout.toJavaDuration());
    }
}
