--liquibase formatted sql

--changeset longhaul:0023-job-totals splitStatements:false rollbackSplitStatements:false
--comment level=23 min-app=17 Figures of all tools together, for plots of days.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- As job_stats, whose tools it adds up: for each minute, a span of 60 seconds, and for each hour, one of 3,600.
    CREATE TABLE job_totals (
        span INTEGER NOT NULL,
        at TIMESTAMPTZ NOT NULL,
        submitted BIGINT NOT NULL DEFAULT 0,
        completed BIGINT NOT NULL DEFAULT 0,
        failed BIGINT NOT NULL DEFAULT 0,
        cancelled BIGINT NOT NULL DEFAULT 0,
        wait_ms BIGINT NOT NULL DEFAULT 0,
        run_ms BIGINT NOT NULL DEFAULT 0,
        waits BIGINT[] NOT NULL DEFAULT '{}',
        runs BIGINT[] NOT NULL DEFAULT '{}',
        PRIMARY KEY (span, at)
    );

    -- Minutes that programs of lower levels compute later are added up when a program of this level runs.
    INSERT INTO job_totals (span, at, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)
    SELECT 60, s.minute, sum(s.submitted), sum(s.completed), sum(s.failed), sum(s.cancelled), sum(s.wait_ms), sum(s.run_ms),
           ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0), COALESCE(sum(s.waits[5]), 0), COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0), COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0),
                 COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0), COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0), COALESCE(sum(s.waits[16]), 0), COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)],
           ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0), COALESCE(sum(s.runs[5]), 0), COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0), COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0),
                 COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0), COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0), COALESCE(sum(s.runs[16]), 0), COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]
    FROM job_stats s
    WHERE s.tool_name <> ''
    GROUP BY s.minute;
    INSERT INTO job_totals (span, at, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)
    SELECT 3600, date_trunc('hour', s.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', sum(s.submitted), sum(s.completed), sum(s.failed), sum(s.cancelled), sum(s.wait_ms), sum(s.run_ms),
           ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0), COALESCE(sum(s.waits[5]), 0), COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0), COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0),
                 COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0), COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0), COALESCE(sum(s.waits[16]), 0), COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)],
           ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0), COALESCE(sum(s.runs[5]), 0), COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0), COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0),
                 COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0), COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0), COALESCE(sum(s.runs[16]), 0), COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]
    FROM job_totals s
    GROUP BY 2;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- The minutes of each tool stay, and the totals are made of them again.
--rollback     DROP TABLE IF EXISTS job_totals;
--rollback END $$;

--changeset longhaul:0023-idx-jobs-unsuccessful runInTransaction:false
--comment level=23 min-app=17 Serves the lists of a tool's failed or cancelled jobs, and the search for the text of its errors; only jobs that end so write to it.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_unsuccessful;
CREATE INDEX CONCURRENTLY idx_jobs_unsuccessful ON jobs (tool_name, created_at) INCLUDE (status) WHERE status IN ('failed', 'cancelled');
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_unsuccessful;
