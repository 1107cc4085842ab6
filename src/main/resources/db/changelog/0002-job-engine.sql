--liquibase formatted sql

--changeset longhaul:0002-job-columns splitStatements:false rollbackSplitStatements:false
--comment level=2 min-app=1 What the engine needs to know of a job: its place in the queue, its attempts, its limits.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_engine', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The place in the queue: first come, first served within a priority. Drawn anew when a job becomes pending again.
    CREATE SEQUENCE job_queue_seq;

    -- Only columns without default or with a constant one: PostgreSQL adds those without rewriting the table.
    ALTER TABLE jobs
        ADD COLUMN priority SMALLINT NOT NULL DEFAULT 0,
        ADD COLUMN queue_seq BIGINT,
        ADD COLUMN delayed BOOLEAN NOT NULL DEFAULT FALSE,
        ADD COLUMN run_at TIMESTAMPTZ,
        ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN failures SMALLINT NOT NULL DEFAULT 0,
        ADD COLUMN losses SMALLINT NOT NULL DEFAULT 0,
        ADD COLUMN max_attempts SMALLINT,
        ADD COLUMN timeout_seconds INTEGER,
        ADD COLUMN ttl_seconds INTEGER,
        ADD COLUMN error_code VARCHAR(40),
        ADD COLUMN idempotency_key VARCHAR(255),
        ADD COLUMN request_hash BYTEA;
    ALTER TABLE jobs
        ALTER COLUMN queue_seq SET DEFAULT nextval('job_queue_seq'),
        ADD CONSTRAINT jobs_priority_range CHECK (priority BETWEEN 0 AND 10) NOT VALID,
        -- Not validated: rows that an older system wrote may lack the time they ended at.
        ADD CONSTRAINT jobs_ended CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)) NOT VALID;
    ALTER SEQUENCE job_queue_seq OWNED BY jobs.queue_seq;

    -- A rollback keeps the values of these columns beside the table: bring them back.
    IF archived IS NOT NULL THEN
        EXECUTE format(
            'UPDATE jobs j SET priority = a.priority, queue_seq = a.queue_seq, delayed = a.delayed, run_at = a.run_at, '
            'attempt = a.attempt, failures = a.failures, losses = a.losses, max_attempts = a.max_attempts, '
            'timeout_seconds = a.timeout_seconds, ttl_seconds = a.ttl_seconds, error_code = a.error_code, '
            'idempotency_key = a.idempotency_key, request_hash = a.request_hash FROM %s a WHERE a.id = j.id', archived);
        EXECUTE format('DROP TABLE %s', archived);
        PERFORM setval('job_queue_seq', (SELECT COALESCE(max(queue_seq), 0) + 1 FROM jobs));
    END IF;
    UPDATE jobs j
    SET queue_seq = nextval('job_queue_seq')
    FROM (SELECT id FROM jobs WHERE status = 'pending' AND queue_seq IS NULL ORDER BY created_at, id) old
    WHERE j.id = old.id;
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
--rollback         IF to_regclass(format('%I.jobs_engine', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_engine holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_engine AS SELECT id, priority, queue_seq, delayed, run_at, attempt, failures, losses, '
--rollback             'max_attempts, timeout_seconds, ttl_seconds, error_code, idempotency_key, request_hash FROM jobs '
--rollback             -- Not those that an older system ended: they have no values here, and may lack the time of their end, so that
--rollback             -- the check would refuse to write them.
--rollback             'WHERE priority <> 0 OR queue_seq IS NOT NULL OR delayed OR run_at IS NOT NULL OR attempt <> 0 OR failures <> 0 '
--rollback             'OR losses <> 0 OR max_attempts IS NOT NULL OR timeout_seconds IS NOT NULL OR ttl_seconds IS NOT NULL '
--rollback             'OR error_code IS NOT NULL OR idempotency_key IS NOT NULL OR request_hash IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs
--rollback         DROP CONSTRAINT jobs_ended,
--rollback         DROP COLUMN priority,
--rollback         DROP COLUMN queue_seq,
--rollback         DROP COLUMN delayed,
--rollback         DROP COLUMN run_at,
--rollback         DROP COLUMN attempt,
--rollback         DROP COLUMN failures,
--rollback         DROP COLUMN losses,
--rollback         DROP COLUMN max_attempts,
--rollback         DROP COLUMN timeout_seconds,
--rollback         DROP COLUMN ttl_seconds,
--rollback         DROP COLUMN error_code,
--rollback         DROP COLUMN idempotency_key,
--rollback         DROP COLUMN request_hash;
--rollback END $$;

--changeset longhaul:0002-validate-priority
--comment level=2 min-app=1 Every row has a priority of 0 to 10.
ALTER TABLE jobs VALIDATE CONSTRAINT jobs_priority_range;
--rollback SELECT 1;

--changeset longhaul:0002-engine-tables splitStatements:false rollbackSplitStatements:false
--comment level=2 min-app=1 Nodes, leases, and what is told of a job beside its row.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    kept text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- One row for each run of a node. Its lease covers all jobs it holds, so a heartbeat is one row for any number of jobs.
    CREATE TABLE nodes (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name VARCHAR(255) NOT NULL,
        version VARCHAR(40) NOT NULL,
        started_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        lease_until TIMESTAMPTZ NOT NULL
    ) WITH (fillfactor = 50);

    -- Who works on which job. A row is made by a claim and ends with the attempt: the hot table, kept narrow and clean.
    CREATE TABLE job_leases (
        job_id UUID PRIMARY KEY,
        attempt INTEGER NOT NULL,
        node_id BIGINT NOT NULL,
        leased_at TIMESTAMPTZ NOT NULL,
        max_losses SMALLINT NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

    -- Attempts that did not end their job, with the reason. The last attempt is told by the job itself.
    CREATE TABLE job_attempts (
        job_id UUID NOT NULL,
        attempt INTEGER NOT NULL,
        node_name VARCHAR(255),
        started_at TIMESTAMPTZ NOT NULL,
        ended_at TIMESTAMPTZ NOT NULL,
        error_code VARCHAR(40) NOT NULL,
        error_message TEXT NOT NULL,
        PRIMARY KEY (job_id, attempt)
    );

    CREATE TABLE job_progress (
        job_id UUID PRIMARY KEY,
        fraction DOUBLE PRECISION,
        message TEXT,
        updated_at TIMESTAMPTZ NOT NULL
    ) WITH (fillfactor = 70);

    CREATE TABLE job_logs (
        job_id UUID NOT NULL,
        line_no BIGINT GENERATED ALWAYS AS IDENTITY,
        attempt INTEGER NOT NULL,
        logged_at TIMESTAMPTZ NOT NULL,
        line TEXT NOT NULL,
        PRIMARY KEY (job_id, line_no)
    );

    FOREACH kept IN ARRAY ARRAY['job_attempts', 'job_progress', 'job_logs'] LOOP
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
--rollback     DROP TABLE IF EXISTS job_leases;
--rollback     DROP TABLE IF EXISTS nodes;
--rollback     FOREACH told IN ARRAY ARRAY['job_attempts', 'job_progress', 'job_logs'] LOOP
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

--changeset longhaul:0002-idx-jobs-queue runInTransaction:false
--comment level=2 min-app=1 Serves the claim: the next jobs of a tool by priority, then first come, first served.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_queue;
CREATE INDEX CONCURRENTLY idx_jobs_queue ON jobs (tool_name, priority DESC, queue_seq) WHERE status = 'pending' AND NOT delayed;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_queue;

--changeset longhaul:0002-idx-jobs-delayed runInTransaction:false
--comment level=2 min-app=1 Serves the release of delayed jobs whose time has come.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_delayed;
CREATE INDEX CONCURRENTLY idx_jobs_delayed ON jobs (run_at) WHERE status = 'pending' AND delayed;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_delayed;

--changeset longhaul:0002-uq-jobs-idempotency-key runInTransaction:false
--comment level=2 min-app=1 One job for each idempotency key, however many submits race.
DROP INDEX CONCURRENTLY IF EXISTS uq_jobs_idempotency_key;
CREATE UNIQUE INDEX CONCURRENTLY uq_jobs_idempotency_key ON jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS uq_jobs_idempotency_key;
