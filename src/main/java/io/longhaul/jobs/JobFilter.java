package io.longhaul.jobs;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which jobs to list; null or empty means any.
 *
 * @param statuses where they stand at this moment
 * @param tool exact name
 * @param traceId exact id
 * @param createdAfter at or after
 * @param createdBefore before
 * @param completedAfter ended at or after
 * @param completedBefore ended before
 * @param batchId jobs of this batch
 * @param scheduleId jobs that this schedule made
 * @param error failed jobs with this text in their error, in upper or lower case
 * @param order in which they are listed
 * @param after the last job of the page before, for keyset paging
 * @param principal only jobs of this one
 */
public record JobFilter(
        List<JobStatus> statuses,
        String tool,
        String traceId,
        Instant createdAfter,
        Instant createdBefore,
        Instant completedAfter,
        Instant completedBefore,
        UUID batchId,
        UUID scheduleId,
        String error,
        JobOrder order,
        Position after,
        String principal) {

    /** Jobs of all principals; parameters as above. */
    public JobFilter(
            List<JobStatus> statuses,
            String tool,
            String traceId,
            Instant createdAfter,
            Instant createdBefore,
            Instant completedAfter,
            Instant completedBefore,
            UUID batchId,
            UUID scheduleId,
            String error,
            JobOrder order,
            Position after) {
        this(
                statuses,
                tool,
                traceId,
                createdAfter,
                createdBefore,
                completedAfter,
                completedBefore,
                batchId,
                scheduleId,
                error,
                order,
                after,
                null);
    }

    /** All jobs, the newest first. */
    public static final JobFilter ALL =
            new JobFilter(List.of(), null, null, null, null, null, null, null, null, null, JobOrder.NEWEST, null);

    /**
     * A job's place in the list.
     *
     * @param at its time in the order of the list
     * @param id its id, which orders jobs of the same time
     */
    public record Position(Instant at, UUID id) {}

    /**
     * The filter without its place, for counting.
     *
     * @return the same jobs from the first page on
     */
    public JobFilter fromStart() {
        return after(null);
    }

    /**
     * The filter from a place on.
     *
     * @param position the last job of the page before
     * @return the jobs that follow it
     */
    public JobFilter after(Position position) {
        return with(statuses, position);
    }

    /**
     * The same of jobs that stand elsewhere.
     *
     * @param others where
     * @return the filter
     */
    public JobFilter of(List<JobStatus> others) {
        return with(others, after);
    }

    /**
     * The same of the jobs of one principal.
     *
     * @param name whose, or null for those of all
     * @return the filter
     */
    public JobFilter ownedBy(String name) {
        return new JobFilter(
                statuses,
                tool,
                traceId,
                createdAfter,
                createdBefore,
                completedAfter,
                completedBefore,
                batchId,
                scheduleId,
                error,
                order,
                after,
                name);
    }

    /**
     * Whether it leaves anything out, but for the statuses.
     *
     * @return false if it matches all jobs of its statuses
     */
    public boolean isNarrow() {
        JobFilter any = new JobFilter(List.of(), null, null, null, null, null, null, null, null, null, order, null);
        return !with(List.of(), null).equals(any);
    }

    private JobFilter with(List<JobStatus> otherStatuses, Position position) {
        return new JobFilter(
                otherStatuses,
                tool,
                traceId,
                createdAfter,
                createdBefore,
                completedAfter,
                completedBefore,
                batchId,
                scheduleId,
                error,
                order,
                position,
                principal);
    }

    /**
     * The SQL of the conditions that are set: fixed text with named parameters, so that PostgreSQL sees only
     * conditions it can use an index for.
     *
     * @return a condition on the table {@code jobs j}
     */
    public String conditions() {
        List<String> all = new ArrayList<>();
        all.add(order.conditions());
        if (!statuses.isEmpty()) {
            all.add(statuses.stream().map(JobFilter::ofStatus).collect(Collectors.joining(" OR ", "(", ")")));
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
        if (completedAfter != null) {
            all.add("j.completed_at >= :completedAfter");
        }
        if (completedBefore != null) {
            all.add("j.completed_at < :completedBefore");
        }
        if (error != null) {
            all.add("(j.status = 'failed' OR j.status = 'cancelled' AND j.error_code = 'PREDECESSOR_FAILED')"
                    + " AND strpos(lower(j.error_message), lower(:error)) > 0");
        }
        if (batchId != null) {
            all.add("j.batch_id = :batchId");
        }
        if (principal != null) {
            all.add("j.principal = :principal");
        }
        if (scheduleId != null) {
            all.add("j.schedule_id = :scheduleId");
        }
        if (after != null) {
            all.add(order.after());
        }
        return String.join(" AND ", all);
    }

    // A lease makes a pending row a running job.
    private static String ofStatus(JobStatus status) {
        return switch (status) {
            case PENDING ->
                "j.status = 'pending' AND NOT EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)";
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
        put(all, "createdAfter", time(createdAfter));
        put(all, "createdBefore", time(createdBefore));
        put(all, "completedAfter", time(completedAfter));
        put(all, "completedBefore", time(completedBefore));
        put(all, "error", error);
        put(all, "batchId", batchId);
        put(all, "scheduleId", scheduleId);
        put(all, "principal", principal);
        if (after != null) {
            all.put("afterTime", time(after.at()));
            all.put("afterId", after.id());
        }
        return all;
    }

    private static OffsetDateTime time(Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static void put(Map<String, Object> all, String name, Object value) {
        if (value != null) {
            all.put(name, value);
        }
    }
}
