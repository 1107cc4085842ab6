package io.longhaul.api.jobs;

import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.jobs.sql.LogQueries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads parts of logs by line number. The time it takes depends on what is shown, not on the length of the log; a search
 * goes on in steps until it has found enough or its time is over, and says how far it came.
 */
public final class LogReader {
    private static final int STEP = 100_000;

    /** No step begins later, so that a page is there within two seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Jdbi jdbi;
    private final int step;
    private final Duration patience;

    public LogReader(Jdbi jdbi) {
        this(jdbi, STEP, PATIENCE);
    }

    /**
     * For tests: with other bounds of a search.
     *
     * @param step line numbers that one statement searches
     * @param patience no step begins later
     */
    public LogReader(Jdbi jdbi, int step, Duration patience) {
        this.jdbi = jdbi;
        this.step = step;
        this.patience = patience;
    }

    /**
     * A part of a log.
     *
     * @param lines the lines that are wanted, the oldest first
     * @param lowest number of the first line that was looked at; of none, the number behind the bound
     * @param highest number of the last line that was looked at; of none, the number before the bound
     * @param complete whether the log, as far as it was asked for, has no further lines in this direction
     */
    public record Part(List<LogLine> lines, long lowest, long highest, boolean complete) {}

    /** The first lines of a range; its bounds are excluded. */
    public Part first(UUID job, LogFilter filter, long after, long before, int limit) {
        return reading(queries -> new Search(queries, job, filter, limit).forward(after, before));
    }

    /** The last lines of a range; its bounds are excluded. */
    public Part last(UUID job, LogFilter filter, long after, long before, int limit) {
        return reading(queries -> new Search(queries, job, filter, limit).backward(after, before));
    }

    private Part reading(Function<LogQueries, Part> read) {
        return jdbi.inTransaction(handle -> {
            LogQueries queries = handle.attach(LogQueries.class);
            queries.readInOrder();
            return read.apply(queries);
        });
    }

    /** One search, in steps. A step never goes beyond the lines that are there: later ones may come between. */
    private final class Search {
        private final LogQueries queries;
        private final UUID job;
        private final LogFilter filter;
        private final int limit;
        private final long begun = System.nanoTime();
        private final List<LogLine> found = new ArrayList<>();

        Search(LogQueries queries, UUID job, LogFilter filter, int limit) {
            this.queries = queries;
            this.job = job;
            this.filter = filter;
            this.limit = limit;
        }

        Part forward(long after, long before) {
            Long end = queries.next(LogQueries.BACKWARD, job, after, before);
            long from = after;
            boolean complete = end == null;
            while (!complete && goesOn(from == after)) {
                long next = orEnd(queries.next(LogQueries.FORWARD, job, from, before), end);
                long to = Math.min(next + steps() - 1, end);
                find(LogQueries.FORWARD, next - 1, to + 1);
                from = isFull() ? found.get(limit - 1).lineNo() : to;
                complete = from == end;
            }
            return new Part(found, after + 1, from, complete);
        }

        Part backward(long after, long before) {
            Long begin = queries.next(LogQueries.FORWARD, job, after, before);
            if (begin == null) {
                return new Part(found, after + 1, Math.min(after, before - 1), true);
            }
            long highest = orEnd(queries.next(LogQueries.BACKWARD, job, after, before), begin);
            long to = before;
            while (to > begin && goesOn(to == before)) {
                long next = orEnd(queries.next(LogQueries.BACKWARD, job, after, to), begin);
                long from = Math.max(next - steps() + 1, begin);
                find(LogQueries.BACKWARD, from - 1, next + 1);
                to = isFull() ? found.get(limit - 1).lineNo() : from;
            }
            Collections.reverse(found);
            return new Part(found, to, highest, to <= begin);
        }

        /** The clean-up may remove the log meanwhile. */
        private static long orEnd(Long next, long end) {
            return next == null ? end : next;
        }

        /** Without a filter each line is wanted, and the limit ends the step. */
        private long steps() {
            return filter.isNarrow() ? step : Integer.MAX_VALUE;
        }

        /** One step is always made. */
        private boolean goesOn(boolean isFirst) {
            return !isFull() && (isFirst || System.nanoTime() - begun < patience.toNanos());
        }

        private boolean isFull() {
            return found.size() == limit;
        }

        private void find(String direction, long after, long before) {
            found.addAll(queries.lines(
                    direction,
                    job,
                    after,
                    before,
                    filter.attempt(),
                    filter.text(),
                    filter.errors(),
                    limit - found.size()));
        }
    }
}
