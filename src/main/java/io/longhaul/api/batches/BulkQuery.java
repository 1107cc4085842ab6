package io.longhaul.api.batches;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Slice;
import io.longhaul.api.jobs.JobListQuery;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The query of a request that changes all jobs that match a filter.
 *
 * @param filter matching jobs, from the cursor on if one was sent
 * @param limit largest number of jobs in this request
 * @param dryRun whether only to count them
 */
record BulkQuery(JobFilter filter, int limit, boolean dryRun) {
    static final int MOST = 1_000;

    /** Clients that always send a body may send these. */
    private static final Pattern NOTHING = Pattern.compile("\\s*(\\{\\s*}\\s*)?");

    private static final int MOST_NOTHING = 1_000;

    /**
     * Reads and checks a query.
     *
     * @param body must be empty: a filter in it would be ignored, and too many jobs changed
     * @param possible statuses that can be changed
     * @param usual statuses if the query names none
     */
    static BulkQuery of(UriInfo uri, InputStream body, List<JobStatus> possible, List<JobStatus> usual) {
        requireNothing(body);
        QueryParameters query = new QueryParameters(uri);
        JobFilter filter = JobListQuery.forAll(query, usual);
        boolean dryRun = query.flag("dry_run");
        int limit = (int) query.number("limit", 1, MOST, MOST);
        if (!filter.isNarrow() && !query.flag("all")) {
            query.wrong("all", "must be true to change jobs without any filter but status");
        }
        if (!possible.containsAll(filter.statuses())) {
            query.wrong(
                    "status",
                    "can only be "
                            + possible.stream().map(JobStatus::label).collect(Collectors.joining(", "))
                            + " here, with commas");
        }
        query.check();
        return new BulkQuery(filter, limit, dryRun);
    }

    Slice<UUID> ids(JobQueries queries) {
        return Slice.of(queries.ids(filter.conditions(), filter.order().sql(), filter.values(), limit + 1), limit);
    }

    private static void requireNothing(InputStream body) {
        byte[] begin;
        try {
            begin = body.readNBytes(MOST_NOTHING);
        } catch (IOException e) {
            throw new RefusedException(JsonBodies.unreadable(e));
        }
        if (!NOTHING.matcher(new String(begin, StandardCharsets.UTF_8)).matches()) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "This request takes no body: send filters as query parameters, such as ?tool=NAME&dry_run=true.",
                    null,
                    List.of(new FieldError("", "must not be there")));
        }
    }
}
