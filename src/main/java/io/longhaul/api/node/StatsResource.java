package io.longhaul.api.node;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.JobStats.Figures;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.ops.access.Role;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** How much is done, and how quickly: from figures that are made each minute. No request counts jobs of the past. */
@Path("/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
public final class StatsResource {
    /** Beyond this the exact number tells nobody anything. */
    private static final int COUNTED = 10_000;

    private static final int MOST_STEPS = 1_500;
    private static final int MINUTE = 60;
    private static final int DAY = 24 * 60 * MINUTE;
    private static final Duration USUAL = Duration.ofHours(1);

    private final Jdbi jdbi;

    public StatsResource(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    private record Span(Instant from, Instant to, int step, String tool) {}

    /** Shows the figures of a span. */
    @Operation(
            id = "getStats",
            tag = "Operations",
            query = Queries.StatsSpan.class,
            replies = {@Reply(means = "The figures.", body = Stats.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object show(@Context UriInfo uri) {
        return jdbi.withHandle(handle -> {
            JobStats stats = handle.attach(JobStats.class);
            Span span = span(new QueryParameters(uri), stats.latest().plusSeconds(MINUTE));
            List<Figures> steps = stats.steps(
                    span.from().atOffset(ZoneOffset.UTC), span.to().atOffset(ZoneOffset.UTC), span.tool(), span.step());
            QueueDepth depth = handle.attach(QueueDepth.class);
            return new Stats(
                    Times.iso(span.from()),
                    Times.iso(span.to()),
                    span.step(),
                    span.tool(),
                    span.tool() == null ? depth.ofAll(COUNTED) : depth.ofTool(span.tool(), COUNTED),
                    span.tool() == null ? depth.runningOfAll(COUNTED) : depth.running(span.tool(), COUNTED),
                    Stats.Step.total(steps),
                    steps.stream().map(Stats.Step::of).toList());
        });
    }

    private static Span span(QueryParameters query, Instant done) {
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
        return new Span(begin, end, step, tool);
    }
}
