package io.longhaul.api.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.http.Slice;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.Position;
import io.longhaul.jobs.sql.JobQueries;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Finds pages of jobs and counts jobs, without ever counting the whole table. */
public final class JobLists {
    /** Totals up to this are exact. */
    private static final long COUNTED = 10_000;

    /** Jobs in a preview. */
    private static final int SAMPLE = 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JobQueries queries;

    public JobLists(JobQueries queries) {
        this.queries = queries;
    }

    public JobList find(JobListQuery query) {
        if (query.filter().isSearch()) {
            return search(query);
        }
        if (query.offset() > 0 || !query.filter().isSearchable()) {
            return page(query, read(queries::page, query));
        }
        try {
            return page(query, read(queries::pageSoon, query));
        } catch (UnableToExecuteStatementException e) {
            if (isTooSlow(e)) {
                return search(query);
            }
            throw e;
        }
    }

    /** One of the statements that read a page. */
    @FunctionalInterface
    private interface Read {
        List<Job> page(
                String conditions,
                String order,
                Map<String, Object> values,
                boolean withParams,
                boolean withResult,
                int limit,
                long offset);
    }

    private static List<Job> read(Read statement, JobListQuery query) {
        JobFilter filter = query.filter();
        // One more than the limit: it shows whether there is a next page.
        return statement.page(
                filter.conditions(),
                filter.order().sql(),
                filter.values(),
                query.fields().needs("params"),
                query.fields().needs("result"),
                query.limit() + 1,
                query.offset());
    }

    private JobList page(JobListQuery query, List<Job> found) {
        JobFilter filter = query.filter();
        Slice<Job> page = Slice.of(found, query.limit());
        // An estimate may be lower than the number of jobs already seen.
        long seen = page.items().isEmpty() ? 0 : query.offset() + page.items().size();
        boolean isAll = filter.after() == null && !page.hasNext() && (seen > 0 || query.offset() == 0);
        Total total = isAll ? new Total(seen, false) : total(filter.after(null));
        return new JobList(
                shown(page.items(), query),
                Math.max(total.jobs(), seen),
                query.limit(),
                query.offset(),
                page.hasNext() ? cursor(page.last(), filter) : null,
                total.estimated(),
                null);
    }

    /** The jobs of the page are all that is known of the number of jobs. */
    private JobList search(JobListQuery query) {
        JobFilter filter = query.filter();
        JobSearch.Found found = JobSearch.LONG.find(filter, query.limit(), JobSearch.with(queries));
        List<Job> jobs = found.jobs(
                queries, filter, query.fields().needs("params"), query.fields().needs("result"));
        return new JobList(
                shown(jobs, query),
                jobs.size(),
                query.limit(),
                0,
                found.next() == null ? null : JobCursor.of(found.next(), filter),
                found.next() != null || filter.after() != null,
                Times.iso(found.searchedTo()));
    }

    private List<Object> shown(List<Job> jobs, JobListQuery query) {
        ChosenParams chosen = ChosenParams.of(queries, jobs, query.fields().ofParams());
        return jobs.stream()
                .map(job -> query.fields().of(JobRepresentation.inList(job), chosen.of(job)))
                .toList();
    }

    /**
     * The number of jobs that a filter matches.
     *
     * @param jobs the number
     * @param estimated true if it is the planner's estimate, because counting would take too long
     */
    public record Total(long jobs, boolean estimated) {}

    /**
     * What an action on all jobs that a filter matches would change.
     *
     * @param matched number of jobs
     * @param first ids of the first of them
     * @param searchedTo submit of the last job that a search looked at; null if it looked at all, or nothing is searched
     */
    public record Match(Total matched, List<UUID> first, Instant searchedTo) {}

    /** Finds it. A search looks at jobs one by one for about a second, so what it found may not be all. */
    public Match match(JobFilter filter) {
        if (!filter.isSearch()) {
            return new Match(total(filter.after(null)), sample(filter), null);
        }
        JobSearch.Found found = JobSearch.LONG.find(filter, (int) COUNTED, JobSearch.with(queries));
        boolean all = found.next() == null;
        return new Match(
                new Total(found.ids().size(), !all),
                found.ids().stream().limit(SAMPLE).toList(),
                all ? null : found.next().at());
    }

    private List<UUID> sample(JobFilter filter) {
        return queries.ids(filter.conditions(), filter.order().sql(), filter.values(), SAMPLE);
    }

    private Total total(JobFilter filter) {
        try {
            long counted = queries.count(filter.conditions(), filter.values(), COUNTED + 1);
            return counted <= COUNTED ? new Total(counted, false) : new Total(Math.max(counted, planned(filter)), true);
        } catch (UnableToExecuteStatementException e) {
            if (isTooSlow(e)) {
                return new Total(planned(filter), true);
            }
            throw e;
        }
    }

    private long planned(JobFilter filter) {
        String plan = queries.plan(filter.conditions(), filter.values());
        try {
            return JSON.readTree(plan).path(0).path("Plan").path("Plan Rows").asLong();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL explained a query in something else than JSON", e);
        }
    }

    private static boolean isTooSlow(UnableToExecuteStatementException failure) {
        return failure.getCause() instanceof SQLException sql && "57014".equals(sql.getSQLState());
    }

    private static String cursor(Job last, JobFilter filter) {
        return JobCursor.of(new Position(filter.order().timeOf(last), last.id()), filter);
    }
}
