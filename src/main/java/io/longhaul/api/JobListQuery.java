package io.longhaul.api;

import io.longhaul.jobs.JobFilter;
import io.longhaul.jobs.JobFilter.Position;
import io.longhaul.jobs.JobStatus;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.UUID;

/**
 * What a request for a list of jobs asks for.
 *
 * @param filter which jobs, with the place to go on at if a cursor was sent
 * @param limit at most so many
 * @param offset so many left out first
 */
record JobListQuery(JobFilter filter, int limit, long offset) {
    static final int MOST = 100;
    private static final int USUAL = 50;

    /** Reads and checks the query. */
    static JobListQuery of(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        return of(query, query.id("schedule_id"));
    }

    /** Reads and checks the query for the jobs of a schedule. */
    static JobListQuery ofSchedule(UriInfo uri, UUID schedule) {
        return of(new QueryParameters(uri), schedule);
    }

    private static JobListQuery of(QueryParameters query, UUID schedule) {
        JobFilter all = new JobFilter(
                status(query),
                query.text("tool"),
                query.text("trace_id"),
                query.time("created_after"),
                query.time("created_before"),
                query.id("batch_id"),
                schedule,
                null);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        long offset = query.number("offset", 0, Long.MAX_VALUE, 0);
        JobFilter filter = query.has("cursor") ? after(query, all) : all;
        query.check();
        return new JobListQuery(filter, limit, offset);
    }

    private static JobStatus status(QueryParameters query) {
        String label = query.text("status");
        Optional<JobStatus> status = label == null ? Optional.empty() : JobStatus.fromLabel(label);
        if (label != null && status.isEmpty()) {
            query.wrong("status", "must be one of " + String.join(", ", JobStatus.labels()));
        }
        return status.orElse(null);
    }

    private static JobFilter after(QueryParameters query, JobFilter all) {
        if (query.number("offset", 0, Long.MAX_VALUE, 0) > 0) {
            query.wrong("offset", "cannot be combined with cursor: send one of them");
        }
        Optional<Position> position = Cursor.parse(query.text("cursor"), all);
        if (position.isEmpty()) {
            query.wrong("cursor", "is not one that this list gave: begin without it");
        }
        return position.map(all::after).orElse(all);
    }
}
