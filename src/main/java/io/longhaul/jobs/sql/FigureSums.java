package io.longhaul.jobs.sql;

/** SQL that adds up rows {@code s} of figures, as {@link JobStats.Figures} has them, and that stores the sums. */
final class FigureSums {
    /** The columns of the tables of figures, in the order of {@link #SUMS}. */
    static final String COLUMNS = "submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs";

    static final String SUMS = """
            sum(s.submitted) AS submitted, sum(s.completed) AS completed, sum(s.failed) AS failed,
                   sum(s.cancelled) AS cancelled, sum(s.wait_ms) AS wait_ms, sum(s.run_ms) AS run_ms,
                   ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0), COALESCE(sum(s.waits[5]), 0),
                         COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0), COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0),
                         COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0), COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0),
                         COALESCE(sum(s.waits[16]), 0), COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)]::bigint[] AS waits,
                   ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0), COALESCE(sum(s.runs[5]), 0),
                         COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0), COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0),
                         COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0), COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0),
                         COALESCE(sum(s.runs[16]), 0), COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]::bigint[] AS runs
            """;

    /** Replaces figures that exist. */
    static final String REPLACE = """
            DO UPDATE
            SET submitted = EXCLUDED.submitted, completed = EXCLUDED.completed, failed = EXCLUDED.failed,
                cancelled = EXCLUDED.cancelled, wait_ms = EXCLUDED.wait_ms, run_ms = EXCLUDED.run_ms,
                waits = EXCLUDED.waits, runs = EXCLUDED.runs
            """;

    private FigureSums() {}
}
