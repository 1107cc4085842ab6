package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.JobFilter.Position;
import io.longhaul.jobs.sql.JobOrder;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The query of a request for a list of jobs.
 *
 * @param filter matching jobs, from the cursor on if one was sent
 * @param limit largest number of jobs
 * @param offset number of jobs to skip
 * @param fields members to show
 */
public record JobListQuery(JobFilter filter, int limit, long offset, JobFields fields) {
    static final int MOST = 100;
    private static final int USUAL = 50;

    /** Reads and checks the query. */
    public static JobListQuery of(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        return of(query, query.id("schedule_id"));
    }

    /** Leaves out the jobs that a caller may not see. */
    public JobListQuery visibleTo(Caller caller) {
        return new JobListQuery(caller.visible(filter), limit, offset, fields);
    }

    /** Reads and checks the query for the jobs of a schedule. */
    public static JobListQuery ofSchedule(UriInfo uri, UUID schedule) {
        return of(new QueryParameters(uri), schedule);
    }

    private static JobListQuery of(QueryParameters query, UUID schedule) {
        JobFilter all = filter(query, schedule, order(query, JobOrder.NEWEST))
                .by(By.ID_PREFIX, query.idPrefix("id_prefix"))
                .by(By.TRACE_PREFIX, query.tracePrefix("trace_id_prefix"));
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        long offset = query.number("offset", 0, Long.MAX_VALUE, 0);
        if (offset > 0 && all.isSearch()) {
            query.wrong("offset", "cannot be combined with error or params: go on with cursor");
        }
        JobFilter filter = query.has("cursor") ? after(query, all) : all;
        JobFields fields = JobFields.of(query);
        query.check();
        return new JobListQuery(filter, limit, offset, fields);
    }

    private static JobFilter filter(QueryParameters query, UUID schedule, JobOrder order) {
        return new JobFilter(query.statuses("status"), Map.of(), order, null)
                .by(By.TOOL, query.text("tool"))
                .by(By.TRACE_ID, query.text("trace_id"))
                .by(By.CREATED_AFTER, query.time("created_after"))
                .by(By.CREATED_BEFORE, query.time("created_before"))
                .by(By.COMPLETED_AFTER, query.time("completed_after"))
                .by(By.COMPLETED_BEFORE, query.time("completed_before"))
                .by(By.FAILURE, query.failure("failure"))
                .by(By.BATCH, query.id("batch_id"))
                .by(By.SCHEDULE, schedule)
                .by(By.WAITING_FOR_INPUT, query.flag("waiting_for_input") ? Boolean.TRUE : null)
                .by(By.ERROR, query.text("error"))
                .by(By.PARAMS, ParamNames.values(query));
    }

    /** Reads the filter of a request that changes all matching jobs, oldest first. */
    public static JobFilter forAll(QueryParameters query, List<JobStatus> usual) {
        JobFilter asked = filter(query, query.id("schedule_id"), order(query, JobOrder.OLDEST));
        JobFilter all = asked.statuses().isEmpty() ? asked.of(usual) : asked;
        return query.has("cursor") ? after(query, all) : all;
    }

    private static JobOrder order(QueryParameters query, JobOrder usual) {
        String label = query.text("sort");
        Optional<JobOrder> order = label == null ? Optional.of(usual) : JobOrder.fromLabel(label);
        if (order.isEmpty()) {
            query.wrong("sort", "must be one of " + String.join(", ", JobOrder.labels()));
        }
        return order.orElse(usual);
    }

    private static JobFilter after(QueryParameters query, JobFilter all) {
        if (query.number("offset", 0, Long.MAX_VALUE, 0) > 0) {
            query.wrong("offset", "cannot be combined with cursor: send one of them");
        }
        Optional<Position> position = JobCursor.parse(query.text("cursor"), all);
        if (position.isEmpty()) {
            query.wrong("cursor", JobCursor.FOREIGN);
        }
        return position.map(all::after).orElse(all);
    }

    /**
     * The members of jobs that a list shows.
     *
     * @param wanted names of members; empty for all
     */
    record JobFields(Set<String> wanted) {
        static final JobFields ALL = new JobFields(Set.of());

        private static final ObjectMapper JSON = new ObjectMapper();

        /** Shown if members of params are wanted. */
        private static final String CHOSEN = "chosen_params";

        private static final Set<String> KNOWN = Arrays.stream(JobRepresentation.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(SnakeCaseStrategy.INSTANCE::translate)
                .filter(name -> !name.equals(CHOSEN))
                .collect(Collectors.toCollection(LinkedHashSet::new));

        static JobFields of(QueryParameters query) {
            String text = query.text("fields");
            if (text == null) {
                return ALL;
            }
            Set<String> wanted = Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            boolean areKnown = wanted.stream().allMatch(name -> KNOWN.contains(name) || ParamNames.isOne(name));
            if (!areKnown) {
                query.wrong(
                        "fields",
                        "must be names of members of a job, with commas: " + String.join(", ", KNOWN)
                                + ", or params.NAME for one member of the params");
            }
            JobFields fields = new JobFields(wanted);
            if (fields.ofParams().size() > ParamNames.MOST_COLUMNS) {
                query.wrong("fields", "may name at most " + ParamNames.MOST_COLUMNS + " members of the params");
            }
            return fields;
        }

        /** The wanted members of params, without the prefix. */
        List<String> ofParams() {
            return wanted.stream()
                    .filter(name -> name.startsWith(ParamNames.PREFIX))
                    .map(ParamNames::member)
                    .toList();
        }

        /** Tells whether to read params or result. The member {@code omitted} depends on both. */
        boolean needs(String name) {
            return wanted.isEmpty() || wanted.contains(name) || wanted.contains("omitted");
        }

        Object of(JobRepresentation job, Map<String, String> params) {
            if (wanted.isEmpty()) {
                return job;
            }
            ObjectNode all = JSON.valueToTree(job);
            all.retain(List.copyOf(wanted));
            return ofParams().isEmpty() ? all : all.putPOJO(CHOSEN, params);
        }
    }
}
