package io.longhaul.api.jobs;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.Position;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.ParamsQueries.Looked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Searches a list of jobs by what no index knows: the text of errors, and values in params. The jobs that the rest of the
 * filter leaves are looked at one by one, in the order of the list, and only for some time: a page may have few jobs or
 * none, and yet a next one.
 *
 * @param first number of jobs that are looked at before the first look at the clock; each time it doubles
 * @param patience time after which no more jobs are looked at. A page takes about twice as long at most
 */
public record JobSearch(int first, Duration patience) {
    private static final int FIRST = 2_000;
    private static final int MOST = 64_000;

    /** For programs, and for people who have asked to go on. */
    public static final JobSearch LONG = new JobSearch(FIRST, Duration.ofMillis(800));

    /** For the first sight of a page. */
    public static final JobSearch SHORT = new JobSearch(FIRST, Duration.ofMillis(40));

    /** Runs the statements. */
    @FunctionalInterface
    public interface Look {
        /** Looks at the next jobs, at most so many, for at most so many that match. */
        List<Looked> at(JobFilter filter, int most, int limit);
    }

    /**
     * A page.
     *
     * @param ids the jobs, in order
     * @param next position after which the next page begins; null on the last one
     * @param searchedTo time of the last job that was looked at; null if the page is full or the last one
     */
    public record Found(List<UUID> ids, Position next, Instant searchedTo) {
        /** Reads the jobs. */
        public List<Job> jobs(JobQueries queries, JobFilter filter, boolean withParams, boolean withResult) {
            Map<String, Object> values = Map.of("ids", ids.toArray(UUID[]::new));
            return ids.isEmpty()
                    ? List.of()
                    : queries.page(
                            "j.id = ANY (:ids)", filter.order().sql(), values, withParams, withResult, ids.size(), 0);
        }
    }

    /** Looks at jobs with these statements. */
    public static Look with(JobQueries queries) {
        return (filter, most, limit) -> queries.look(
                filter.candidates(), filter.matches(), filter.order().sql(), filter.values(), most, limit);
    }

    /** Finds a page of so many jobs. */
    public Found find(JobFilter filter, int limit, Look look) {
        long begun = System.nanoTime();
        List<UUID> ids = new ArrayList<>();
        JobFilter rest = filter;
        int most = first;
        while (true) {
            List<Looked> looked = look.at(rest, most, limit - ids.size() + 1);
            Position before = rest.after();
            for (Looked job : looked) {
                if (job.matches() && ids.size() == limit) {
                    return new Found(ids, before, null);
                }
                before = new Position(filter.order().timeOf(job.createdAt(), job.completedAt()), job.id());
                if (job.matches()) {
                    ids.add(job.id());
                }
            }
            if (looked.isEmpty() || looked.get(looked.size() - 1).place() < most) {
                return new Found(ids, null, null);
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                return new Found(ids, before, before.at());
            }
            rest = rest.after(before);
            most = Math.min(MOST, 2 * most);
        }
    }
}
