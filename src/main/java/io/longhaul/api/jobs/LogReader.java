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
     * @param step lines that one statement searches
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

    /** One search, in steps. */
    private final class Search {
        private final LogQueries queries;
        private final UUID job;
        private final LogFilter filter;
        private final int limit;
        private final long begun = System.nanoTime();
        private final List<LogLine> found = new ArrayList<>();
        private boolean complete;

        Search(LogQueries queries, UUID job, LogFilter filter, int limit) {
            this.queries = queries;
            this.job = job;
            this.filter = filter;
            this.limit = limit;
        }

        Part forward(long after, long before) {
            long from = after;
            while (goesOn(from, after)) {
                LogQueries.Range range = range(LogQueries.FORWARD, from, before);
                if (!complete) {
                    find(LogQueries.FORWARD, from, range.highest() + 1);
                    from = isFull() ? found.get(limit - 1).lineNo() : range.highest();
                }
            }
            return new Part(found, after + 1, from, complete);
        }

        Part backward(long after, long before) {
            long to = before;
            long highest = before - 1;
            while (goesOn(to, before)) {
                LogQueries.Range range = range(LogQueries.BACKWARD, after, to);
                if (to == before) {
                    highest = complete ? Math.min(after, before - 1) : range.highest();
                }
                if (!complete) {
                    find(LogQueries.BACKWARD, range.lowest() - 1, to);
                    to = isFull() ? found.get(limit - 1).lineNo() : range.lowest();
                }
            }
            Collections.reverse(found);
            return new Part(found, Math.min(to, highest + 1), highest, complete);
        }

        /** One step is always made. */
        private boolean goesOn(long at, long begin) {
            boolean inTime = at == begin || System.nanoTime() - begun < patience.toNanos();
            return !complete && !isFull() && inTime;
        }

        private boolean isFull() {
            return found.size() == limit;
        }

        private LogQueries.Range range(String direction, long after, long before) {
            int lines = filter.isNarrow() ? step : limit;
            LogQueries.Range range = queries.range(direction, job, after, before, lines);
            complete = range.lowest() == null;
            return range;
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
