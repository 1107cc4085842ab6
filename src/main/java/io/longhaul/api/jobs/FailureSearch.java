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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private static final int COUNTED = 100_000;

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
     * How far back failures are counted.
     *
     * @param most most failures; those that came first are left out
     * @param patience time that the last count is to take at most, as far as the one before tells
     */
    public record Bound(int most, Duration patience) {
        /** For programs. */
        public static final Bound LONG = new Bound(COUNTED, Duration.ofMillis(500));

        /** For pages. */
        public static final Bound SHORT = new Bound(COUNTED, Duration.ofMillis(40));

        private static final int FIRST = 6_250;
        private static final int GROWTH = 4;

        /** A text is looked for in rows, which may have to be read from the disk: less of a surprise at a time. */
        private static final int FIRST_WITH_TEXT = 1_562;

        private static final int GROWTH_WITH_TEXT = 2;
    }

    /**
     * The newest failures.
     *
     * @param parts their numbers
     * @param counted how many were read
     * @param complete whether these are all of the span
     */
    private record Newest(List<Counted> parts, long counted, boolean complete) {}

    /** Groups those that the caller sees. */
    public FailureGroups in(FailureQueries queries, Caller caller, Bound bound) {
        String principal = caller.seesAll() ? null : caller.name();
        Newest newest = newest(queries, principal, bound);
        List<Counted> parts = newest.parts();
        Map<String, Long> jobs = new LinkedHashMap<>();
        parts.forEach(part -> jobs.merge(part.failure(), part.jobs(), Long::sum));
        return FailureGroups.of(
                new FailureGroups.Bounds(since, until, groups, newest.complete(), newest.counted()),
                parts,
                queries.samples(
                        jobs.keySet().toArray(String[]::new),
                        jobs.values().stream().mapToLong(this::sampled).toArray(),
                        from(),
                        to(),
                        tool,
                        principal,
                        error == null ? "" : error));
    }

    /** Of a group that was searched for a text, those with the text are counted, and others may be newer. */
    private long sampled(long counted) {
        return error == null ? counted : Long.MAX_VALUE;
    }

    /** Counts more and more of them, for as long as the next count promises to be soon there. */
    private Newest newest(FailureQueries queries, String principal, Bound bound) {
        int most = Math.min(error == null ? Bound.FIRST : Bound.FIRST_WITH_TEXT, bound.most());
        int growth = error == null ? Bound.GROWTH : Bound.GROWTH_WITH_TEXT;
        // The counts before the last one of a text took as long as that.
        long patience = bound.patience().toNanos() / (error == null ? 1 : 2);
        while (true) {
            long begun = System.nanoTime();
            Newest newest = newest(queries, principal, most);
            long next = (System.nanoTime() - begun) * growth;
            if (newest.complete() || most == bound.most() || next > patience) {
                return newest;
            }
            most = Math.min(bound.most(), most * growth);
        }
    }

    private Newest newest(FailureQueries queries, String principal, int most) {
        List<Counted> parts = error == null
                ? queries.counted(from(), to(), tool, principal, step(), most, groups + 1)
                : queries.countedWith(error, from(), to(), tool, principal, step(), most, groups + 1);
        // Where nothing has the text, the number of failures that were searched is still to be known.
        List<Counted> searched = parts.isEmpty() && error != null
                ? queries.counted(from(), to(), tool, principal, step(), most, 1)
                : parts;
        long counted = searched.isEmpty() ? 0 : searched.get(0).allJobs();
        return new Newest(parts, counted, counted < most);
    }

    private OffsetDateTime from() {
        return since.atOffset(ZoneOffset.UTC);
    }

    private OffsetDateTime to() {
        return until.atOffset(ZoneOffset.UTC);
    }
}
