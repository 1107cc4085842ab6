package io.longhaul.console.operations;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Median and 95th percentile of each step, as lines in steps. Lengths are known as bounds of 1, 3, 10, 30 and so on, so the
 * scale is one of these bounds, at the same distance.
 *
 * @param median path of the line of medians
 * @param high path of the line of 95th percentiles
 * @param top the longest length of the scale, in words; null if no job ended
 * @param bottom the shortest one
 * @param grid heights of the bounds between
 */
public record LinePlot(String median, String high, String top, String bottom, List<Integer> grid) {
    private static final int WIDTH = 10;

    static LinePlot of(List<Histogram> steps) {
        int[] bounds = steps.stream()
                .flatMapToInt(step -> IntStream.of(step.bound(0.5), step.bound(0.95)))
                .filter(bound -> bound >= 0)
                .toArray();
        if (bounds.length == 0) {
            return new LinePlot("", "", null, null, List.of());
        }
        int least = Math.max(0, IntStream.of(bounds).min().orElse(0) - 1);
        int most = Math.max(least + 1, IntStream.of(bounds).max().orElse(0));
        return new LinePlot(
                line(steps, 0.5, least, most),
                line(steps, 0.95, least, most),
                Histogram.length(most),
                Histogram.length(least),
                IntStream.rangeClosed(least, most)
                        .mapToObj(bound -> height(bound, least, most))
                        .toList());
    }

    private static int height(int bound, int least, int most) {
        return BarPlot.HEIGHT - (bound - least) * BarPlot.HEIGHT / (most - least);
    }

    private static String line(List<Histogram> steps, double share, int least, int most) {
        StringBuilder path = new StringBuilder();
        boolean drawn = false;
        for (int i = 0; i < steps.size(); i++) {
            int bound = steps.get(i).bound(share);
            if (bound >= 0) {
                int height = height(bound, least, most);
                path.append(drawn ? "V" + height : "M" + WIDTH * i + " " + height)
                        .append('h')
                        .append(WIDTH);
            }
            drawn = bound >= 0;
        }
        return path.toString();
    }
}
