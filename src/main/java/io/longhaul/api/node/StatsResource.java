package io.longhaul.api.node;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Times;
import io.longhaul.auth.Role;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.JobStats.Figures;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.jobs.sql.StepStats;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Jdbi;

/** Throughput and latency, from figures that are stored each minute. No request counts jobs of the past. */
@Path("/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
public final class StatsResource {
    /** Larger numbers are not counted exactly. */
    private static final int COUNTED = 10_000;

    private static final int MOST_STEPS = 1_500;
    private static final int MINUTE = 60;
    private static final int DAY = 24 * 60 * MINUTE;
    private static final Duration USUAL = Duration.ofHours(1);

    private final Jdbi jdbi;

    public StatsResource(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    private record Asked(StepStats.Span span, String tool) {}

    /** Shows throughput and latency in a span of time. */
    @Operation(
            id = "getStats",
            tag = "Operations",
            query = Queries.StatsSpan.class,
            replies = {@Reply(means = "The figures.", body = Stats.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object show(@Context UriInfo uri) {
        return jdbi.withHandle(handle -> {
            Instant latest = handle.attach(JobStats.class).latest();
            Asked asked = asked(new QueryParameters(uri), latest.plusSeconds(MINUTE));
            StepStats.Span span = asked.span();
            String tool = asked.tool();
            List<Figures> steps = span.read(handle.attach(StepStats.class), tool);
            QueueDepth depth = handle.attach(QueueDepth.class);
            return new Stats(
                    Times.iso(span.from()),
                    Times.iso(span.to()),
                    span.seconds(),
                    tool,
                    tool == null ? depth.ofAll(COUNTED) : depth.ofTool(tool, COUNTED),
                    tool == null ? depth.runningOfAll(COUNTED) : depth.running(tool, COUNTED),
                    Stats.Step.total(steps),
                    steps.stream().map(Stats.Step::of).toList());
        });
    }

    private static Asked asked(QueryParameters query, Instant done) {
        Instant to = query.time("to");
        Instant end = to == null ? done : to;
        Instant from = query.time("from");
        Instant begin = from == null ? end.minus(USUAL) : from;
        int step = (int) query.number("step", MINUTE, DAY, MINUTE);
        if (step % MINUTE != 0) {
            query.wrong("step", "must be whole minutes, in seconds");
        }
        if (!begin.isBefore(end)) {
            query.wrong("from", "must be before to");
        } else if (Duration.between(begin, end).toSeconds() / step > MOST_STEPS) {
            query.wrong("step", "must be longer for this span: at most " + MOST_STEPS + " steps are shown");
        }
        String tool = query.text("tool");
        query.check();
        return new Asked(new StepStats.Span(begin, end, step), tool);
    }

    /**
     * Throughput and latency in a span of time.
     *
     * @param from start of the span
     * @param to end of the span; the figures of a minute are available 15 seconds after it
     * @param step length of a step in seconds
     * @param tool the tool, or null for all tools
     * @param queued jobs that now wait for a worker; counted up to 10,000
     * @param running jobs that now run; counted up to 10,000
     * @param total sum of all steps
     * @param steps the steps, without those in which nothing happened
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Stats(
            @Shape(format = "date-time") String from,
            @Shape(format = "date-time") String to,
            int step,
            String tool,
            int queued,
            int running,
            Step total,
            List<Step> steps) {
        /**
         * A step.
         *
         * @param at start of the step
         * @param submitted jobs that were accepted
         * @param completed jobs that completed
         * @param failed jobs that failed
         * @param cancelled jobs that were cancelled
         * @param waitMs waiting times of the ended jobs that had begun
         * @param runMs durations of their last attempts
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record Step(
                @Shape(format = "date-time") String at,
                long submitted,
                long completed,
                long failed,
                long cancelled,
                Spread waitMs,
                Spread runMs) {
            static Step of(Figures f) {
                return new Step(
                        Times.iso(f.at()),
                        f.submitted(),
                        f.completed(),
                        f.failed(),
                        f.cancelled(),
                        Spread.of(f.waitMs(), f.waits()),
                        Spread.of(f.runMs(), f.runs()));
            }

            static Step total(List<Figures> all) {
                return of(new Figures(
                        all.isEmpty() ? Instant.EPOCH : all.get(0).at(),
                        sum(all, Figures::submitted),
                        sum(all, Figures::completed),
                        sum(all, Figures::failed),
                        sum(all, Figures::cancelled),
                        sum(all, Figures::waitMs),
                        sum(all, Figures::runMs),
                        added(all, Figures::waits),
                        added(all, Figures::runs)));
            }

            private static long sum(List<Figures> all, ToLongFunction<Figures> figure) {
                return all.stream().mapToLong(figure).sum();
            }

            private static List<Long> added(List<Figures> all, Function<Figures, List<Long>> counts) {
                List<Long> sums = new ArrayList<>();
                for (Figures one : all) {
                    List<Long> some = counts.apply(one) == null ? List.of() : counts.apply(one);
                    for (int i = 0; i < some.size(); i++) {
                        if (i == sums.size()) {
                            sums.add(0L);
                        }
                        sums.set(i, sums.get(i) + some.get(i));
                    }
                }
                return sums;
            }
        }

        /**
         * Times in milliseconds. Percentiles are upper bounds of 1, 3, 10, 30 and so on.
         *
         * @param mean the average, or null if no job that had begun has ended
         * @param p50 the median, or null
         * @param p95 95th percentile, or null
         * @param p99 99th percentile, or null
         */
        record Spread(Long mean, Long p50, Long p95, Long p99) {
            static Spread of(long sum, List<Long> counts) {
                long jobs = counts == null
                        ? 0
                        : counts.stream().mapToLong(Long::longValue).sum();
                return jobs == 0
                        ? new Spread(null, null, null, null)
                        : new Spread(
                                sum / jobs,
                                percentile(counts, 0.5 * jobs),
                                percentile(counts, 0.95 * jobs),
                                percentile(counts, 0.99 * jobs));
            }

            /** The bound below which so many jobs are. */
            private static Long percentile(List<Long> counts, double jobs) {
                long seen = 0;
                int i = 0;
                while (seen + counts.get(i) < jobs) {
                    seen += counts.get(i++);
                }
                return JobStats.BOUNDS.get(Math.min(i, JobStats.BOUNDS.size() - 1));
            }
        }
    }
}
