package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;

/**
 * A page of jobs.
 *
 * @param jobs the page; each job has all members, or those that {@code fields} names
 * @param total number of jobs on all pages
 * @param limit largest number of jobs on a page
 * @param offset number of jobs that were skipped
 * @param nextCursor cursor of the next page; null on the last one
 * @param totalIsEstimate true if total is an estimate, because an exact count would take too long
 * @param searchedTo only in a search by {@code error} or {@code params}: the time up to which jobs were looked at, null and left out if
 *     the page is full or the last one. Go on with the next page, however many jobs this one has
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobList(
        @Shape(type = JobRepresentation.class, partial = true)
        List<Object> jobs,

        long total,
        int limit,
        long offset,
        String nextCursor,
        boolean totalIsEstimate,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Shape(format = "date-time")
        String searchedTo) {
    /** The page with the {@code Link} to the next one. */
    public Response answer(UriInfo uri) {
        Response.ResponseBuilder answer = Response.ok(this);
        if (nextCursor != null) {
            answer.header(HttpHeaders.LINK, "<" + next(uri) + ">; rel=\"next\"");
        }
        return answer.build();
    }

    /** Relative, so that it works behind any proxy. */
    private String next(UriInfo uri) {
        URI next = uri.getRequestUriBuilder()
                .replaceQueryParam("offset")
                .replaceQueryParam("cursor", nextCursor)
                .build();
        return next.getRawPath() + "?" + next.getRawQuery();
    }
}
