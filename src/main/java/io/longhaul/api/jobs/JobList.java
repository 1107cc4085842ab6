package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import java.util.List;

/**
 * A page of jobs.
 *
 * @param jobs the page, each whole or with the fields that were asked for
 * @param total how many jobs the filter matches on all pages
 * @param limit how many were asked for
 * @param offset how many were left out first
 * @param nextCursor where the next page begins; null on the last one
 * @param totalIsEstimate true when total is more than is worth counting
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobList(
        @Shape(type = JobRepresentation.class, partial = true)
        List<Object> jobs,

        long total,
        int limit,
        long offset,
        String nextCursor,
        boolean totalIsEstimate) {}
