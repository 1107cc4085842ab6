--liquibase formatted sql

--changeset longhaul:0019-views splitStatements:false rollbackSplitStatements:false
--comment level=19 min-app=17 Kept lists of jobs, by name.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.views', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The owner is the name of a principal, or empty for a view that all see.
    CREATE TABLE views (
        owner VARCHAR(255) NOT NULL,
        name VARCHAR(100) NOT NULL,
        query VARCHAR(2000) NOT NULL,
        changed_by VARCHAR(255) NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        changed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        PRIMARY KEY (owner, name)
    );

    IF archived IS NOT NULL THEN
        DROP TABLE views;
        EXECUTE format('ALTER TABLE %s SET SCHEMA %I', archived, current_schema());
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.views', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     IF EXISTS (SELECT FROM views) THEN
--rollback         IF to_regclass(format('%I.views', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.views holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE views SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE views;
--rollback     END IF;
--rollback END $$;

--changeset longhaul:0019-nodes-slots splitStatements:false rollbackSplitStatements:false
--comment level=19 min-app=17 How many jobs a node runs at once.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Null for workers elsewhere, and for nodes that have not said it.
    ALTER TABLE nodes
        ADD COLUMN slots INTEGER;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Nodes say it again when they start.
--rollback     ALTER TABLE IF EXISTS nodes DROP COLUMN IF EXISTS slots;
--rollback END $$;

--changeset longhaul:0019-job-stats-hours splitStatements:false rollbackSplitStatements:false
--comment level=19 min-app=17 Figures by the hour, for plots of days.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- As job_stats, whose minutes it adds up.
    CREATE TABLE job_stats_hours (
        hour TIMESTAMPTZ NOT NULL,
        tool_name VARCHAR(100) NOT NULL,
        submitted BIGINT NOT NULL DEFAULT 0,
        completed BIGINT NOT NULL DEFAULT 0,
        failed BIGINT NOT NULL DEFAULT 0,
        cancelled BIGINT NOT NULL DEFAULT 0,
        wait_ms BIGINT NOT NULL DEFAULT 0,
        run_ms BIGINT NOT NULL DEFAULT 0,
        waits BIGINT[] NOT NULL DEFAULT '{}',
        runs BIGINT[] NOT NULL DEFAULT '{}',
        PRIMARY KEY (hour, tool_name)
    );

    -- The plots show seven days at most. Programs of lower levels add no hours: those begin when a program of this level runs.
    INSERT INTO job_stats_hours (hour, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)
    SELECT date_trunc('hour', s.minute AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', s.tool_name, sum(s.submitted), sum(s.completed), sum(s.failed), sum(s.cancelled),
           sum(s.wait_ms), sum(s.run_ms),
           ARRAY[COALESCE(sum(s.waits[1]), 0), COALESCE(sum(s.waits[2]), 0), COALESCE(sum(s.waits[3]), 0), COALESCE(sum(s.waits[4]), 0), COALESCE(sum(s.waits[5]), 0), COALESCE(sum(s.waits[6]), 0), COALESCE(sum(s.waits[7]), 0), COALESCE(sum(s.waits[8]), 0), COALESCE(sum(s.waits[9]), 0), COALESCE(sum(s.waits[10]), 0),
                 COALESCE(sum(s.waits[11]), 0), COALESCE(sum(s.waits[12]), 0), COALESCE(sum(s.waits[13]), 0), COALESCE(sum(s.waits[14]), 0), COALESCE(sum(s.waits[15]), 0), COALESCE(sum(s.waits[16]), 0), COALESCE(sum(s.waits[17]), 0), COALESCE(sum(s.waits[18]), 0), COALESCE(sum(s.waits[19]), 0), COALESCE(sum(s.waits[20]), 0)],
           ARRAY[COALESCE(sum(s.runs[1]), 0), COALESCE(sum(s.runs[2]), 0), COALESCE(sum(s.runs[3]), 0), COALESCE(sum(s.runs[4]), 0), COALESCE(sum(s.runs[5]), 0), COALESCE(sum(s.runs[6]), 0), COALESCE(sum(s.runs[7]), 0), COALESCE(sum(s.runs[8]), 0), COALESCE(sum(s.runs[9]), 0), COALESCE(sum(s.runs[10]), 0),
                 COALESCE(sum(s.runs[11]), 0), COALESCE(sum(s.runs[12]), 0), COALESCE(sum(s.runs[13]), 0), COALESCE(sum(s.runs[14]), 0), COALESCE(sum(s.runs[15]), 0), COALESCE(sum(s.runs[16]), 0), COALESCE(sum(s.runs[17]), 0), COALESCE(sum(s.runs[18]), 0), COALESCE(sum(s.runs[19]), 0), COALESCE(sum(s.runs[20]), 0)]
    FROM job_stats s
    WHERE s.minute >= NOW() - INTERVAL '7 days 2 hours' AND s.tool_name <> ''
    GROUP BY 1, 2;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- The minutes stay, and the hours are made of them again.
--rollback     DROP TABLE IF EXISTS job_stats_hours;
--rollback END $$;

--changeset longhaul:0019-idx-jobs-tool-created-at runInTransaction:false
--comment level=19 min-app=17 Serves the list of a tool's jobs, also of a tool that no longer runs.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_tool_created_at;
CREATE INDEX CONCURRENTLY idx_jobs_tool_created_at ON jobs (tool_name, created_at);
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_tool_created_at;

--changeset longhaul:0019-idx-jobs-error-at runInTransaction:false
--comment level=19 min-app=17 Serves the search for the text of an error, newest first.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_error_at;
CREATE INDEX CONCURRENTLY idx_jobs_error_at ON jobs (created_at) WHERE error_message IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_error_at;
