package io.longhaul.console.operations;

import io.longhaul.api.http.QueryParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A span of time that the overview shows, with the steps of its plots. */
public enum PlotSpan {
    HOUR("1h", "hour", "minute", Duration.ofMinutes(1), 60),
    DAY("24h", "24 hours", "hour", Duration.ofHours(1), 24),
    WEEK("7d", "7 days", "2 hours", Duration.ofHours(2), 84);

    private final String label;
    private final String words;
    private final String stepWords;
    private final Duration step;
    private final int steps;

    PlotSpan(String label, String words, String stepWords, Duration step, int steps) {
        this.label = label;
        this.words = words;
        this.stepWords = stepWords;
        this.step = step;
        this.steps = steps;
    }

    /** The one that a query names, or the hour. */
    static PlotSpan of(QueryParameters query) {
        String label = query.text("span");
        List<String> labels = Arrays.stream(values()).map(PlotSpan::label).toList();
        if (label != null && !labels.contains(label)) {
            query.wrong("span", "must be one of " + String.join(", ", labels));
        }
        query.check();
        return label == null ? HOUR : values()[labels.indexOf(label)];
    }

    /** Its name in addresses, which lists of jobs know as well. */
    public String label() {
        return label;
    }

    /** Such as {@code 24 hours}, after "the last". */
    public String words() {
        return words;
    }

    /** Such as {@code hour}, after "each". */
    public String stepWords() {
        return stepWords;
    }

    public int steps() {
        return steps;
    }

    int seconds() {
        return (int) step.toSeconds();
    }

    /** True if the steps are minutes; the others are whole hours. */
    boolean isOfMinutes() {
        return this == HOUR;
    }

    /** The beginnings of the steps, the last of which has the latest minute that is computed. */
    List<Instant> beginnings(Instant latest) {
        long last = Math.floorDiv(latest.getEpochSecond(), seconds()) * seconds();
        return IntStream.range(0, steps)
                .mapToObj(i -> Instant.ofEpochSecond(last - (long) (steps - 1 - i) * seconds()))
                .toList();
    }
}
