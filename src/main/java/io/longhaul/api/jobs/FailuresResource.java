package io.longhaul.api.jobs;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.FailureQueries;
import io.longhaul.jobs.sql.FailureQueries.Counted;
import io.longhaul.jobs.sql.FailureQueries.Sample;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Failed jobs, grouped by what went wrong. */
@Path("/v1/failures")
@Produces(MediaType.APPLICATION_JSON)
public final class FailuresResource {
    /** More failures are not counted: those that came first are left out. */
    static final int COUNTED = 100_000;

    private static final int MOST = 100;
    private static final int USUAL = 50;
    private static final Duration USUAL_SPAN = Duration.ofDays(1);
    private static final Duration LONGEST_SPAN = Duration.ofDays(30);

    private final Jdbi jdbi;
    private final int counted;

    public FailuresResource(Jdbi jdbi) {
        this(jdbi, COUNTED);
    }

    /** For tests: with another bound on the counted failures. */
    public FailuresResource(Jdbi jdbi, int counted) {
        this.jdbi = jdbi;
        this.counted = counted;
    }

    private record Span(Instant since, Instant until, String tool, int groups) {
        static Span of(UriInfo uri) {
            QueryParameters query = new QueryParameters(uri);
            Instant to = query.time("until");
            Instant until = to == null ? Instant.now().plusMillis(1).truncatedTo(ChronoUnit.MILLIS) : to;
            Instant from = query.time("since");
            Instant since = from == null ? until.minus(USUAL_SPAN) : from;
            if (!since.isBefore(until)) {
                query.wrong("since", "must be before until");
            } else if (Duration.between(since, until).compareTo(LONGEST_SPAN) > 0) {
                query.wrong("since", "must be at most 30 days before until");
            }
            String tool = query.text("tool");
            int groups = (int) query.number("limit", 1, MOST, USUAL);
            query.check();
            return new Span(since, until, tool, groups);
        }

        double step() {
            return Duration.between(since, until).toMillis() / 1000.0 / FailureGroups.STEPS;
        }
    }

    /**
     * Groups the failed jobs of a span of time by what went wrong: by their error code and their message without
     * numbers, paths and quoted parts. The group that failed last comes first. {@code GET /v1/jobs?failure=} lists the
     * jobs of a group.
     */
    @Operation(
            id = "listFailures",
            tag = "Jobs",
            query = Queries.FailureSpan.class,
            replies = {@Reply(means = "The groups.", body = FailureGroups.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context UriInfo uri, @Context HttpServletRequest request) {
        Span span = Span.of(uri);
        Caller caller = Caller.of(request);
        String principal = caller.seesAll() ? null : caller.name();
        return jdbi.withHandle(handle -> groups(handle.attach(FailureQueries.class), span, principal));
    }

    private FailureGroups groups(FailureQueries queries, Span span, String principal) {
        OffsetDateTime since = span.since().atOffset(ZoneOffset.UTC);
        OffsetDateTime until = span.until().atOffset(ZoneOffset.UTC);
        List<Counted> parts =
                queries.counted(since, until, span.tool(), principal, span.step(), counted, span.groups() + 1);
        String[] failures = parts.stream().map(Counted::failure).distinct().toArray(String[]::new);
        List<Sample> samples = queries.samples(failures, since, until, span.tool(), principal);
        return FailureGroups.of(
                new FailureGroups.Bounds(span.since(), span.until(), span.groups(), counted), parts, samples);
    }
}
