package io.longhaul.jobs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which jobs to list; null means any.
 *
 * @param status where they stand at this moment
 * @param tool exact name
 * @param traceId exact id
 * @param createdAfter at or after
 * @param createdBefore before
 * @param batchId jobs of this batch
 * @param scheduleId jobs that this schedule made
 * @param after the last job of the page before, for keyset paging
 */
public record JobFilter(
        JobStatus status,
        String tool,
        String traceId,
        Instant createdAfter,
        Instant createdBefore,
        UUID batchId,
        UUID scheduleId,
        Position after) {

    /**
     * A job's place in the list.
     *
     * @param createdAt its time
     * @param id its id, which orders jobs of the same time
     */
    public record Position(Instant createdAt, UUID id) {}

    /**
     * The filter without its place, for counting.
     *
     * @return the same jobs from the first page on
     */
    public JobFilter fromStart() {
        return new JobFilter(status, tool, traceId, createdAfter, createdBefore, batchId, scheduleId, null);
    }

    /**
     * The filter from a place on.
     *
     * @param position the last job of the page before
     * @return the jobs that follow it
     */
    public JobFilter after(Position position) {
        return new JobFilter(status, tool, traceId, createdAfter, createdBefore, batchId, scheduleId, position);
    }

    /**
     * The SQL of the conditions that are set: fixed text with named parameters, so that PostgreSQL sees only
     * conditions it can use an index for.
     *
     * @return a condition on the table {@code jobs j}
     */
    public String conditions() {
        List<String> all = new ArrayList<>();
        all.add("TRUE");
        if (status != null) {
            all.add(ofStatus(status));
        }
        if (tool != null) {
            all.add("j.tool_name = :tool");
        }
        if (traceId != null) {
            all.add("j.trace_id = :traceId");
        }
        if (createdAfter != null) {
            all.add("j.created_at >= :createdAfter");
        }
        if (createdBefore != null) {
            all.add("j.created_at < :createdBefore");
        }
        if (batchId != null) {
            all.add("j.batch_id = :batchId");
        }
        if (scheduleId != null) {
            all.add("j.schedule_id = :scheduleId");
        }
        if (after != null) {
            all.add("(j.created_at, j.id) < (:afterTime, :afterId)");
        }
        return String.join(" AND ", all);
    }

    // A lease makes a pending row a running job.
    private static String ofStatus(JobStatus status) {
        return switch (status) {
            case PENDING ->
                "j.status = 'pending' AND NOT EXISTS" + " (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)";
            case RUNNING ->
                "(j.status = 'running' OR j.status = 'pending' AND j.id IN (SELECT job_id FROM job_leases))";
            default -> "j.status = '" + status.label() + "'";
        };
    }

    /**
     * The values of the named parameters.
     *
     * @return only those that {@link #conditions} names
     */
    public Map<String, Object> values() {
        Map<String, Object> all = new HashMap<>();
        put(all, "tool", tool);
        put(all, "traceId", traceId);
        put(all, "createdAfter", createdAfter == null ? null : createdAfter.atOffset(ZoneOffset.UTC));
        put(all, "createdBefore", createdBefore == null ? null : createdBefore.atOffset(ZoneOffset.UTC));
        put(all, "batchId", batchId);
        put(all, "scheduleId", scheduleId);
        if (after != null) {
            all.put("afterTime", after.createdAt().atOffset(ZoneOffset.UTC));
            all.put("afterId", after.id());
        }
        return all;
    }

    private static void put(Map<String, Object> all, String name, Object value) {
        if (value != null) {
            all.put(name, value);
        }
    }
}
