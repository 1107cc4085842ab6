package io.longhaul.api.jobs;

import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.FailureQueries;
import io.longhaul.jobs.sql.FailureQueries.Counted;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Which failed jobs are to be grouped.
 *
 * @param since start of the span
 * @param until its end
 * @param tool name of a tool, or null for all
 * @param error a part of the error's text, or null for any
 * @param groups most groups to show
 */
public record FailureSearch(Instant since, Instant until, String tool, String error, int groups) {
    /** More failures are not counted: those that came first are left out. */
    public static final int COUNTED = 100_000;

    private static final int MOST = 100;
    private static final int USUAL = 50;
    private static final Duration USUAL_SPAN = Duration.ofDays(1);
    private static final Duration LONGEST_SPAN = Duration.ofDays(30);

    static FailureSearch of(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        Instant to = query.time("until");
        Instant until = to == null ? now() : to;
        Instant from = query.time("since");
        Instant since = from == null ? until.minus(USUAL_SPAN) : from;
        if (!since.isBefore(until)) {
            query.wrong("since", "must be before until");
        } else if (Duration.between(since, until).compareTo(LONGEST_SPAN) > 0) {
            query.wrong("since", "must be at most 30 days before until");
        }
        String tool = query.text("tool");
        String error = query.text("error");
        int groups = (int) query.number("limit", 1, MOST, USUAL);
        query.check();
        return new FailureSearch(since, until, tool, error, groups);
    }

    /** The failures of a time up to now. */
    public static FailureSearch ofLast(Duration length, String tool, String error) {
        Instant until = now();
        return new FailureSearch(until.minus(length), until, tool, error, USUAL);
    }

    private static Instant now() {
        return Instant.now().plusMillis(1).truncatedTo(ChronoUnit.MILLIS);
    }

    private double step() {
        return Duration.between(since, until).toMillis() / 1000.0 / FailureGroups.STEPS;
    }

    /**
     * Groups those that the caller sees.
     *
     * @param counted most failures that are counted
     */
    public FailureGroups in(FailureQueries queries, Caller caller, int counted) {
        String principal = caller.seesAll() ? null : caller.name();
        OffsetDateTime from = since.atOffset(ZoneOffset.UTC);
        OffsetDateTime to = until.atOffset(ZoneOffset.UTC);
        List<Counted> parts = error == null
                ? queries.counted(from, to, tool, principal, step(), counted, groups + 1)
                : queries.countedWith(error, from, to, tool, principal, step(), counted, groups + 1);
        // Where nothing has the text, the number of failures that were searched is still to be known.
        List<Counted> searched = parts.isEmpty() && error != null
                ? queries.counted(from, to, tool, principal, step(), counted, 1)
                : parts;
        boolean complete = searched.isEmpty() || searched.get(0).allJobs() < counted;
        String[] failures = parts.stream().map(Counted::failure).distinct().toArray(String[]::new);
        return FailureGroups.of(
                new FailureGroups.Bounds(since, until, groups, complete),
                parts,
                queries.samples(failures, from, to, tool, principal, error == null ? "" : error));
    }
}
