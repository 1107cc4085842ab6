package io.longhaul.console.operations;

import io.longhaul.console.operations.Plots.Step;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Stacked bars, one for each step, in a field that is {@link #HEIGHT} high and ten wide for each step.
 *
 * @param most highest sum of a step, at least 1
 * @param shapes the bars of each stacked part, as the path of one shape
 */
public record BarPlot(long most, List<String> shapes) {
    /** Height of the plot in its own units. */
    public static final int HEIGHT = 100;

    private static final int WIDTH = 10;

    static BarPlot of(List<Step> steps, List<ToLongFunction<Step>> parts) {
        long most = Math.max(
                1,
                steps.stream()
                        .mapToLong(step -> parts.stream()
                                .mapToLong(part -> part.applyAsLong(step))
                                .sum())
                        .max()
                        .orElse(1));
        StringBuilder[] shapes = new StringBuilder[parts.size()];
        for (int part = 0; part < shapes.length; part++) {
            shapes[part] = new StringBuilder();
        }
        for (int i = 0; i < steps.size(); i++) {
            int base = HEIGHT;
            for (int part = 0; part < shapes.length; part++) {
                int height = Math.min(base, height(parts.get(part).applyAsLong(steps.get(i)), most));
                if (height > 0) {
                    base -= height;
                    shapes[part].append('M').append(WIDTH * i + 1).append(' ').append(base);
                    shapes[part].append('h').append(WIDTH - 2).append('v').append(height);
                    shapes[part].append('h').append(2 - WIDTH).append('z');
                }
            }
        }
        return new BarPlot(
                most, List.of(shapes).stream().map(StringBuilder::toString).toList());
    }

    /** Whatever happened is seen. */
    private static int height(long jobs, long most) {
        return jobs == 0 ? 0 : (int) Math.max(2, jobs * HEIGHT / most);
    }
}
