package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobStatus;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Selects jobs for a list.
 *
 * @param statuses the statuses at this moment; empty for all
 * @param wanted the conditions that are set, with their values
 * @param order the order of the list
 * @param after the last job of the page before, for keyset paging; null for the first page
 */
public record JobFilter(List<JobStatus> statuses, Map<By, Object> wanted, JobOrder order, Position after) {
    /** All jobs, the newest first. */
    public static final JobFilter ALL = new JobFilter(List.of(), Map.of(), JobOrder.NEWEST, null);

    /**
     * A condition that a list can have, beside the status. Times are an {@link Instant}, ids a {@link UUID}, params
     * {@link ParamValues}.
     */
    public enum By {
        /** The exact name of the tool. */
        TOOL("tool", "j.tool_name = :tool"),
        /** The exact trace id. */
        TRACE_ID("traceId", "j.trace_id = :traceId"),
        /** The id begins so: at least 8 of its digits, with or without hyphens. A range of the key, read before all else. */
        ID_PREFIX(
                "idPrefix",
                "j.id = ANY (ARRAY(SELECT r.id FROM jobs r"
                        + " WHERE r.id >= rpad(replace(:idPrefix, '-', ''), 32, '0')::uuid"
                        + " AND r.id <= rpad(replace(:idPrefix, '-', ''), 32, 'f')::uuid))"),
        /** The trace id begins so: at least 8 digits. Of a range of the index, at most 100 traces. */
        TRACE_PREFIX(
                "tracePrefix",
                "j.trace_id = ANY (ARRAY(SELECT r.trace_id::text FROM jobs r"
                        + " WHERE r.trace_id >= :tracePrefix AND r.trace_id < :tracePrefix || 'g'"
                        + " AND starts_with(r.trace_id, :tracePrefix)"
                        + " GROUP BY r.trace_id ORDER BY r.trace_id LIMIT 100))"),
        /** Created at this time or later. */
        CREATED_AFTER("createdAfter", "j.created_at >= :createdAfter"),
        /** Created before this time. */
        CREATED_BEFORE("createdBefore", "j.created_at < :createdBefore"),
        /** Ended at this time or later. */
        COMPLETED_AFTER("completedAfter", "j.completed_at >= :completedAfter"),
        /** Ended before this time. */
        COMPLETED_BEFORE("completedBefore", "j.completed_at < :completedBefore"),
        /** Failed with this text in the error, in upper or lower case. */
        ERROR(
                "error",
                "(j.status = 'failed' OR j.status = 'cancelled' AND j.error_code = 'PREDECESSOR_FAILED')"
                        + " AND strpos(lower(j.error_message), lower(:error)) > 0"),
        /** Failed with this fingerprint. */
        FAILURE("failure", "j.failure = :failure"),
        /** In this batch. */
        BATCH("batchId", "j.batch_id = :batchId"),
        /** Submitted by this principal. */
        PRINCIPAL("principal", "j.principal = :principal"),
        /** Its tool has asked something that can still be answered; the value does not matter. */
        WAITING_FOR_INPUT(
                "waitingForInput",
                "j.id = ANY (ARRAY(SELECT i.job_id FROM job_inputs i WHERE i.answered_at IS NULL"
                        + " AND i.expires_at > NOW()))"
                        + " AND j.status IN ('pending', 'running') AND :waitingForInput"),
        /** Made by this schedule. */
        SCHEDULE("scheduleId", "j.schedule_id = :scheduleId"),
        /** With these values in its params; the values say how. No index serves it. */
        PARAMS("params", "");

        private final String parameter;
        private final String condition;

        By(String parameter, String condition) {
            this.parameter = parameter;
            this.condition = condition;
        }
    }

    private static final Set<By> UNINDEXED = Set.of(By.ERROR, By.PARAMS);
    private static final Set<By> ENDS = Set.of(By.COMPLETED_AFTER, By.COMPLETED_BEFORE);

    /**
     * Conditions of which each has an index in the order of creation, the one that leaves the fewest jobs first. No two
     * have one in common.
     */
    private static final List<By> LEADING =
            List.of(By.TRACE_ID, By.BATCH, By.SCHEDULE, By.FAILURE, By.TOOL, By.PRINCIPAL);

    /**
     * The position of a job in the list.
     *
     * @param at its time in the order of the list
     * @param id its id, which orders jobs of the same time
     */
    public record Position(Instant at, UUID id) {
        private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
        private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

        /** Refuses a time that no job has, and that the database may not know: clients send positions back. */
        public Position {
            if (at != null && (at.isBefore(EARLIEST) || at.isAfter(LATEST))) {
                throw new IllegalArgumentException("No job has this time: " + at);
            }
        }
    }

    /** Makes copies, and sorts the conditions so that the same filter gives the same SQL. */
    public JobFilter {
        statuses = List.copyOf(statuses);
        Map<By, Object> sorted = new EnumMap<>(By.class);
        sorted.putAll(wanted);
        wanted = Collections.unmodifiableMap(sorted);
    }

    /** A copy with one more condition, or without it if the value is null. */
    public JobFilter by(By condition, Object value) {
        Map<By, Object> others = new HashMap<>(wanted);
        others.remove(condition);
        if (value != null) {
            others.put(condition, value);
        }
        return new JobFilter(statuses, others, order, after);
    }

    /** A copy that begins after a job; null for the start of the list. */
    public JobFilter after(Position position) {
        return new JobFilter(statuses, wanted, order, position);
    }

    /** A copy with other statuses. */
    public JobFilter of(List<JobStatus> others) {
        return new JobFilter(others, wanted, order, after);
    }

    /** A copy with another order. */
    public JobFilter in(JobOrder other) {
        return new JobFilter(statuses, wanted, other, after);
    }

    /** The wanted values in params, if there are any. */
    public Optional<ParamValues> params() {
        return Optional.ofNullable((ParamValues) wanted.get(By.PARAMS));
    }

    /** True if a condition other than the status is set. */
    public boolean isNarrow() {
        return !wanted.isEmpty();
    }

    /** True if no index serves a condition, so that jobs must be looked at one by one. */
    public boolean isSearch() {
        return !Collections.disjoint(wanted.keySet(), UNINDEXED);
    }

    /**
     * Fixed SQL text with named parameters for the table {@code jobs j}. Conditions that are not set are left
     * out, so that PostgreSQL can use an index.
     */
    public String conditions() {
        List<String> all = new ArrayList<>();
        all.add(order.conditions());
        all.addAll(ofStatuses());
        all.addAll(of(wanted.keySet()));
        all.addAll(ofEnds());
        if (after != null) {
            all.add(order.after());
        }
        return String.join(" AND ", all);
    }

    /** True if jobs can be looked at one by one to find those of the list: some condition is left for that. */
    public boolean isSearchable() {
        return !matches().isEmpty();
    }

    /**
     * Those of the conditions of a search that one index serves: jobs to look at. With conditions that two indexes serve,
     * PostgreSQL would read all that meet the one to find the next that meets the other.
     */
    public String candidates() {
        List<String> all = new ArrayList<>();
        all.add(order.conditions());
        if (isOpen()) {
            all.addAll(ofStatuses());
        }
        if (wanted.containsKey(By.ERROR)) {
            all.add("j.error_message IS NOT NULL AND j.status IN ('failed', 'cancelled')");
        }
        all.addAll(of(wanted.keySet().stream().filter(by -> !isMatched(by)).toList()));
        all.addAll(ofEnds());
        if (after != null) {
            all.add(order.after());
        }
        return String.join(" AND ", all);
    }

    /** The other conditions of a search. */
    public String matches() {
        List<String> all = new ArrayList<>(isOpen() ? List.of() : ofStatuses());
        all.addAll(of(wanted.keySet().stream().filter(this::isMatched).toList()));
        return String.join(" AND ", all);
    }

    /**
     * No job ends before its submit, so that a list in the order of the submits begins there and not with the newest job. The
     * hour is for clocks that were set back.
     */
    private List<String> ofEnds() {
        return order.isOfSubmits() && wanted.containsKey(By.COMPLETED_BEFORE)
                ? List.of("j.created_at < :completedBefore + INTERVAL '1 h'")
                : List.of();
    }

    private boolean isMatched(By condition) {
        boolean leads = LEADING.stream()
                .filter(wanted::containsKey)
                .findFirst()
                .filter(condition::equals)
                .isPresent();
        boolean isOfOtherOrder = order.isOfSubmits() && ENDS.contains(condition);
        return UNINDEXED.contains(condition) || isOfOtherOrder || (LEADING.contains(condition) && !leads);
    }

    /** True if only few jobs have the statuses, whatever the history is. */
    private boolean isOpen() {
        return statuses.stream().noneMatch(JobStatus::isFinal);
    }

    private List<String> ofStatuses() {
        return statuses.isEmpty()
                ? List.of()
                : List.of(statuses.stream().map(JobFilter::ofStatus).collect(Collectors.joining(" OR ", "(", ")")));
    }

    private List<String> of(Collection<By> some) {
        return some.stream()
                .map(by -> wanted.get(by) instanceof ParamValues params ? params.conditions() : by.condition)
                .toList();
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

    /** The values of the named parameters in {@link #conditions}. */
    public Map<String, Object> values() {
        Map<String, Object> all = new HashMap<>();
        wanted.forEach((by, value) -> all.put(by.parameter, value instanceof Instant at ? time(at) : value));
        params().ifPresent(params -> all.putAll(params.values()));
        if (after != null) {
            all.put("afterTime", time(after.at()));
            all.put("afterId", after.id());
        }
        return all;
    }

    private static OffsetDateTime time(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
