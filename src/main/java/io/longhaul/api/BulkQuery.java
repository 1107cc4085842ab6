package io.longhaul.api;

import io.longhaul.jobs.JobFilter;
import io.longhaul.jobs.JobStatus;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a request asks for that changes all jobs that match a filter.
 *
 * @param filter which jobs, with the place to go on at if a cursor was sent
 * @param limit at most so many in this request
 * @param dryRun whether only to tell how many there are
 */
record BulkQuery(JobFilter filter, int limit, boolean dryRun) {
    static final int MOST = 1_000;

    /**
     * Reads and checks the query.
     *
     * @param possible statuses that can be changed so
     * @param usual those of them that are meant when none is named
     */
    static BulkQuery of(UriInfo uri, List<JobStatus> possible, List<JobStatus> usual) {
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
}
