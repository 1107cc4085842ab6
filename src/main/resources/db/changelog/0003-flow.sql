--liquibase formatted sql

--changeset longhaul:0003-job-columns splitStatements:false rollbackSplitStatements:false
--comment level=3 min-app=2 Limits, fairness, batches, schedules and chains: what a job may carry.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_flow', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Only columns without default or with a constant one: PostgreSQL adds those without rewriting the table.
    ALTER TABLE jobs
        ADD COLUMN retry JSONB,
        ADD COLUMN max_losses SMALLINT,
        ADD COLUMN concurrency_key VARCHAR(255),
        ADD COLUMN fairness_key VARCHAR(255),
        ADD COLUMN batch_id UUID,
        ADD COLUMN schedule_id UUID,
        ADD COLUMN retry_of UUID,
        ADD COLUMN awaits SMALLINT NOT NULL DEFAULT 0,
        ADD COLUMN node_name VARCHAR(255);
    -- Of the leases only those of limited tools say which tool: counting them is what a limit needs.
    ALTER TABLE job_leases
        ADD COLUMN limited_tool VARCHAR(100);

    IF archived IS NOT NULL THEN
        EXECUTE format(
            'UPDATE jobs j SET retry = a.retry, max_losses = a.max_losses, concurrency_key = a.concurrency_key, '
            'fairness_key = a.fairness_key, batch_id = a.batch_id, schedule_id = a.schedule_id, retry_of = a.retry_of, '
            'awaits = a.awaits, node_name = a.node_name FROM %s a WHERE a.id = j.id', archived);
        EXECUTE format('DROP TABLE %s', archived);
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.jobs', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM jobs) THEN
--rollback         IF to_regclass(format('%I.jobs_flow', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_flow holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_flow AS SELECT id, retry, max_losses, concurrency_key, fairness_key, batch_id, '
--rollback             'schedule_id, retry_of, awaits, node_name FROM jobs '
--rollback             -- Only rows with values, as in 0002-job-columns.
--rollback             'WHERE retry IS NOT NULL OR max_losses IS NOT NULL OR concurrency_key IS NOT NULL OR fairness_key IS NOT NULL '
--rollback             'OR batch_id IS NOT NULL OR schedule_id IS NOT NULL OR retry_of IS NOT NULL OR awaits <> 0 '
--rollback             'OR node_name IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs
--rollback         DROP COLUMN retry,
--rollback         DROP COLUMN max_losses,
--rollback         DROP COLUMN concurrency_key,
--rollback         DROP COLUMN fairness_key,
--rollback         DROP COLUMN batch_id,
--rollback         DROP COLUMN schedule_id,
--rollback         DROP COLUMN retry_of,
--rollback         DROP COLUMN awaits,
--rollback         DROP COLUMN node_name;
--rollback     ALTER TABLE job_leases DROP COLUMN limited_tool;
--rollback END $$;

--changeset longhaul:0003-flow-tables splitStatements:false rollbackSplitStatements:false
--comment level=3 min-app=2 Pauses, limits, batches, chains, schedules, and who keeps house.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    kept text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A row for each tool that nobody may claim for now.
    CREATE TABLE tool_pauses (
        tool_name VARCHAR(100) PRIMARY KEY,
        paused_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        reason TEXT
    );

    -- The token bucket of a limited tool. Its row lock makes claims of that tool take turns.
    CREATE TABLE tool_limits (
        tool_name VARCHAR(100) PRIMARY KEY,
        tokens DOUBLE PRECISION NOT NULL,
        refilled_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    ) WITH (fillfactor = 50);

    -- Jobs submitted together, whose end is told once.
    CREATE TABLE job_batches (
        id UUID PRIMARY KEY,
        total INTEGER NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        ended_at TIMESTAMPTZ,
        expires_at TIMESTAMPTZ NOT NULL
    );
    CREATE INDEX idx_job_batches_open ON job_batches (id) WHERE ended_at IS NULL;
    CREATE INDEX idx_job_batches_expires_at ON job_batches (expires_at) WHERE ended_at IS NOT NULL;

    -- What a job waits for. Rows live until the job is released or called off.
    CREATE TABLE job_dependencies (
        job_id UUID NOT NULL,
        after_id UUID NOT NULL,
        any_end BOOLEAN NOT NULL,
        -- The time the job asked for besides: its row has none while it waits, so that nobody releases it by the clock.
        not_before TIMESTAMPTZ,
        PRIMARY KEY (job_id, after_id)
    );
    CREATE INDEX idx_job_dependencies_after ON job_dependencies (after_id, job_id);

    CREATE TABLE schedules (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        name VARCHAR(100) NOT NULL,
        tool_name VARCHAR(100) NOT NULL,
        parameters JSONB NOT NULL,
        cron VARCHAR(200) NOT NULL,
        time_zone VARCHAR(64) NOT NULL,
        misfire VARCHAR(20) NOT NULL,
        options JSONB NOT NULL,
        paused_at TIMESTAMPTZ,
        next_run_at TIMESTAMPTZ,
        last_run_at TIMESTAMPTZ,
        last_job_id UUID,
        last_error TEXT,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        CONSTRAINT schedules_name_key UNIQUE (name)
    );
    CREATE INDEX idx_schedules_next_run_at ON schedules (next_run_at) WHERE paused_at IS NULL;

    -- Which node does a piece of housekeeping. It stays with that node's run while its lease lives.
    CREATE TABLE housekeepers (
        task VARCHAR(40) PRIMARY KEY,
        node_id BIGINT NOT NULL,
        since TIMESTAMPTZ NOT NULL DEFAULT NOW()
    ) WITH (fillfactor = 50);

    -- Rows that housekeeping failed on, left aside for a while so that they hold nothing up.
    CREATE TABLE quarantined_rows (
        task VARCHAR(40) NOT NULL,
        row_id UUID NOT NULL,
        failures INTEGER NOT NULL,
        error TEXT NOT NULL,
        until TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (task, row_id)
    );

    FOREACH kept IN ARRAY ARRAY['tool_pauses', 'job_batches', 'job_dependencies', 'schedules'] LOOP
        IF to_regclass(format('%I.%I', archive, kept)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE %I', kept);
            EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', archive, kept, current_schema());
        END IF;
    END LOOP;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     told text;
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     DROP TABLE IF EXISTS tool_limits;
--rollback     DROP TABLE IF EXISTS housekeepers;
--rollback     DROP TABLE IF EXISTS quarantined_rows;
--rollback     FOREACH told IN ARRAY ARRAY['tool_pauses', 'job_batches', 'job_dependencies', 'schedules'] LOOP
--rollback         CONTINUE WHEN to_regclass(format('%I.%I', current_schema(), told)) IS NULL;
--rollback         EXECUTE format('SELECT EXISTS (SELECT FROM %I)', told) INTO kept;
--rollback         IF kept THEN
--rollback             IF to_regclass(format('%I.%I', archive, told)) IS NOT NULL THEN
--rollback                 RAISE EXCEPTION 'Table %.% holds the rows of an earlier rollback and is not overwritten', archive, told
--rollback                     USING HINT = 'Rename or drop that table, then roll back again.';
--rollback             END IF;
--rollback             IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback                 EXECUTE format('CREATE SCHEMA %I', archive);
--rollback             END IF;
--rollback             EXECUTE format('ALTER TABLE %I SET SCHEMA %I', told, archive);
--rollback         ELSE
--rollback             EXECUTE format('DROP TABLE %I', told);
--rollback         END IF;
--rollback     END LOOP;
--rollback END $$;

--changeset longhaul:0003-idx-jobs-concurrency-key runInTransaction:false
--comment level=3 min-app=2 Serves the gate that lets jobs of a concurrency key into the queue: those inside, and those that wait in front of it.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_concurrency_key;
CREATE INDEX CONCURRENTLY idx_jobs_concurrency_key ON jobs (concurrency_key, delayed, priority DESC, queue_seq) WHERE concurrency_key IS NOT NULL AND status IN ('pending', 'running') AND (NOT delayed OR (run_at IS NULL AND awaits = 0));
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_concurrency_key;

--changeset longhaul:0003-idx-jobs-parked runInTransaction:false
--comment level=3 min-app=2 Serves the depth of a tool's queue: its jobs that wait for their concurrency key.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_parked;
CREATE INDEX CONCURRENTLY idx_jobs_parked ON jobs (tool_name, queue_seq) WHERE concurrency_key IS NOT NULL AND status = 'pending' AND delayed AND run_at IS NULL AND awaits = 0;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_parked;

--changeset longhaul:0003-idx-job-leases-limited-tool runInTransaction:false
--comment level=3 min-app=2 Serves the count of a limited tool's running jobs.
DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_limited_tool;
CREATE INDEX CONCURRENTLY idx_job_leases_limited_tool ON job_leases (limited_tool) WHERE limited_tool IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_limited_tool;

--changeset longhaul:0003-idx-jobs-fairness-key runInTransaction:false
--comment level=3 min-app=2 Serves the place in the queue of a fairness key's next job.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_fairness_key;
CREATE INDEX CONCURRENTLY idx_jobs_fairness_key ON jobs (tool_name, priority, fairness_key, queue_seq) WHERE fairness_key IS NOT NULL AND status = 'pending' AND (NOT delayed OR run_at IS NULL);
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_fairness_key;

--changeset longhaul:0003-idx-jobs-batch-id runInTransaction:false
--comment level=3 min-app=2 Serves the counts of a batch.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_batch_id;
CREATE INDEX CONCURRENTLY idx_jobs_batch_id ON jobs (batch_id, status) WHERE batch_id IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_batch_id;

--changeset longhaul:0003-idx-jobs-schedule-id runInTransaction:false
--comment level=3 min-app=2 Serves the list of a schedule's jobs, newest first.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_schedule_id;
CREATE INDEX CONCURRENTLY idx_jobs_schedule_id ON jobs (schedule_id, created_at DESC) WHERE schedule_id IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_schedule_id;
