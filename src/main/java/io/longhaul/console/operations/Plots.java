package io.longhaul.console.operations;

import io.longhaul.console.Reads;
import io.longhaul.console.Words;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.JobStats.Figures;
import io.longhaul.jobs.sql.StepStats;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The figures of a span, and their plots. Nothing of them is counted for the page: they were computed when their minute was
 * over.
 *
 * @param span the span
 * @param latest the last minute that is counted
 * @param steps the steps, the oldest first
 * @param ends bars of ended jobs
 * @param failures bars of failed jobs
 * @param waits lines of waits
 * @param runs lines of running times
 * @param ticks times below the plots
 */
public record Plots(
        PlotSpan span,
        Instant latest,
        List<Step> steps,
        BarPlot ends,
        BarPlot failures,
        LinePlot waits,
        LinePlot runs,
        List<String> ticks) {
    private static final int TICKS = 5;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * What happened in a step.
     *
     * @param at its begin
     * @param submitted jobs that were accepted
     * @param completed jobs that completed
     * @param failed jobs that failed
     * @param cancelled jobs that were cancelled
     * @param waits how long those that ended had waited
     * @param runs how long their last attempts ran
     */
    public record Step(
            Instant at, long submitted, long completed, long failed, long cancelled, Histogram waits, Histogram runs) {
        private static final Figures NOTHING = new Figures(Instant.EPOCH, 0, 0, 0, 0, 0, 0, List.of(), List.of());

        static Step of(Instant at, Figures found) {
            Figures figures = found == null ? NOTHING : found;
            return new Step(
                    at,
                    figures.submitted(),
                    figures.completed(),
                    figures.failed(),
                    figures.cancelled(),
                    Histogram.of(figures.waits()),
                    Histogram.of(figures.runs()));
        }

        public long ended() {
            return completed + failed + cancelled;
        }

        /** The step in words, for people who point at it. */
        public String words() {
            return Words.clock(at) + ": " + Words.number(completed) + " completed, " + Words.number(failed)
                    + " failed, " + Words.number(cancelled) + " cancelled";
        }
    }

    /** Reads the figures; null if that took too long. */
    static Plots read(PlotSpan span, Reads reads) {
        Instant latest = reads.inTime(JobStats.class, JobStats::latest);
        List<Figures> figures = latest == null ? null : figures(span, span.beginnings(latest), reads);
        return figures == null ? null : of(span, latest, figures);
    }

    private static List<Figures> figures(PlotSpan span, List<Instant> beginnings, Reads reads) {
        Instant from = beginnings.get(0);
        Instant to = from.plusSeconds((long) span.steps() * span.seconds());
        return reads.inTime(StepStats.class, stats -> new StepStats.Span(from, to, span.seconds()).read(stats, null));
    }

    private static Plots of(PlotSpan span, Instant latest, List<Figures> figures) {
        List<Instant> beginnings = span.beginnings(latest);
        Map<Instant, Figures> byBegin = new HashMap<>();
        figures.forEach(step -> byBegin.put(step.at(), step));
        List<Step> steps =
                beginnings.stream().map(at -> Step.of(at, byBegin.get(at))).toList();
        return new Plots(
                span,
                latest,
                steps,
                BarPlot.of(steps, List.of(Step::completed, Step::failed, Step::cancelled)),
                BarPlot.of(steps, List.of(Step::failed)),
                LinePlot.of(steps.stream().map(Step::waits).toList()),
                LinePlot.of(steps.stream().map(Step::runs).toList()),
                ticks(span, beginnings));
    }

    private static List<String> ticks(PlotSpan span, List<Instant> beginnings) {
        List<String> ticks = new ArrayList<>();
        for (int i = 0; i < TICKS; i++) {
            Instant at = beginnings.get(i * beginnings.size() / TICKS);
            ticks.add((span == PlotSpan.WEEK ? DAY : CLOCK).format(at));
        }
        return ticks;
    }

    /** The end of the last minute that is counted, as a time of day. */
    public String until() {
        return CLOCK.format(latest.plusSeconds(60));
    }

    public long completed() {
        return sum(Step::completed);
    }

    public long failed() {
        return sum(Step::failed);
    }

    public long submitted() {
        return sum(Step::submitted);
    }

    public long ended() {
        return sum(Step::ended);
    }

    private long sum(ToLongFunction<Step> figure) {
        return steps.stream().mapToLong(figure).sum();
    }

    /** The waits of all steps together. */
    public Histogram allWaits() {
        return steps.stream().map(Step::waits).reduce(Histogram.NONE, Histogram::plus);
    }

    /** The running times of all steps together. */
    public Histogram allRuns() {
        return steps.stream().map(Step::runs).reduce(Histogram.NONE, Histogram::plus);
    }
}
