--liquibase formatted sql

--changeset longhaul:0006-job-stats splitStatements:false rollbackSplitStatements:false
--comment level=6 min-app=5 Figures of each minute, so that nobody has to count jobs.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- One row for each minute and tool; written once the minute is over, by one node at a time. The row without a tool
    -- says how far that has come.
    CREATE TABLE job_stats (
        minute TIMESTAMPTZ NOT NULL,
        tool_name VARCHAR(100) NOT NULL,
        submitted INTEGER NOT NULL DEFAULT 0,
        completed INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        cancelled INTEGER NOT NULL DEFAULT 0,
        wait_ms BIGINT NOT NULL DEFAULT 0,
        run_ms BIGINT NOT NULL DEFAULT 0,
        -- How many waits and runs took how long, by the bounds that the program knows.
        waits INTEGER[] NOT NULL DEFAULT '{}',
        runs INTEGER[] NOT NULL DEFAULT '{}',
        PRIMARY KEY (minute, tool_name)
    );

    IF to_regclass(format('%I.job_stats', archive)) IS NOT NULL THEN
        DROP TABLE job_stats;
        EXECUTE format('ALTER TABLE %I.job_stats SET SCHEMA %I', archive, current_schema());
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     IF to_regclass(format('%I.job_stats', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     SELECT EXISTS (SELECT FROM job_stats) INTO kept;
--rollback     IF kept THEN
--rollback         IF to_regclass(format('%I.job_stats', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.job_stats holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE job_stats SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE job_stats;
--rollback     END IF;
--rollback END $$;

--changeset longhaul:0006-idx-jobs-completed-at runInTransaction:false
--comment level=6 min-app=5 Serves the stream of changes, the figures of each minute, and lists by the time of the end.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_completed_at;
CREATE INDEX CONCURRENTLY idx_jobs_completed_at ON jobs (completed_at) WHERE completed_at IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_completed_at;

--changeset longhaul:0006-idx-job-attempts-ended-at runInTransaction:false
--comment level=6 min-app=5 Serves the stream of changes: jobs that went back into the queue.
DROP INDEX CONCURRENTLY IF EXISTS idx_job_attempts_ended_at;
CREATE INDEX CONCURRENTLY idx_job_attempts_ended_at ON job_attempts (ended_at);
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_job_attempts_ended_at;
