package io.longhaul.console.jobs;

import io.longhaul.console.Words;
import java.time.Duration;
import java.util.List;

/**
 * A small plot of numbers over time, as bars.
 *
 * @param bars the outline of all bars: the data of an SVG path
 * @param text the same in words
 */
public record Sparkline(String bars, String text) {
    /** Width of a bar with the gap behind it, in units of the plot. */
    public static final int STEP = 4;

    /** Height of the plot in its own units. */
    public static final int HEIGHT = 20;

    /** @param step length of time that each number stands for */
    static Sparkline of(List<Long> numbers, Duration step) {
        long most =
                Math.max(1, numbers.stream().mapToLong(Long::longValue).max().orElse(1));
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i) > 0) {
                long height = Math.max(2, numbers.get(i) * HEIGHT / most);
                bars.append("M%d %dh%dv-%dh-%dz".formatted(STEP * i, HEIGHT, STEP - 1, height, STEP - 1));
            }
        }
        return new Sparkline(bars.toString(), text(numbers, most, step));
    }

    private static String text(List<Long> numbers, long most, Duration step) {
        int peak = numbers.indexOf(most);
        if (peak < 0) {
            return "none";
        }
        Duration ago = step.multipliedBy(numbers.size() - peak - 1L);
        String when = ago.isZero() ? "in the last " + Words.rough(step) : "about " + Words.rough(ago) + " ago";
        return "at most " + Words.number(most) + " in " + Words.rough(step) + ", " + when;
    }
}
