--liquibase formatted sql

--changeset longhaul:0015-job-inputs splitStatements:false rollbackSplitStatements:false
--comment level=15 min-app=14 What tools ask while they work, and what they are answered.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A question belongs to its job: an attempt that asks it again gets the answer of the first one. JSON and not jsonb,
    -- because forms show the members of a schema in their order.
    CREATE TABLE job_inputs (
        job_id UUID NOT NULL,
        key VARCHAR(100) NOT NULL,
        attempt INTEGER NOT NULL,
        request JSON NOT NULL,
        asked_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        expires_at TIMESTAMPTZ NOT NULL,
        answer JSON,
        answered_at TIMESTAMPTZ,
        answered_by VARCHAR(255),
        PRIMARY KEY (job_id, key),
        CONSTRAINT job_inputs_answered CHECK ((answer IS NULL) = (answered_at IS NULL))
    );
    -- Serves the list of jobs that wait for input.
    CREATE INDEX idx_job_inputs_open ON job_inputs (job_id) WHERE answered_at IS NULL;
    -- Serves the stream of changes.
    CREATE INDEX idx_job_inputs_changed_at ON job_inputs (COALESCE(answered_at, asked_at));

    IF to_regclass(format('%I.job_inputs', archive)) IS NOT NULL THEN
        DROP TABLE job_inputs;
        EXECUTE format('ALTER TABLE %I.job_inputs SET SCHEMA %I', archive, current_schema());
        -- Programs of lower levels removed jobs meanwhile.
        DELETE FROM job_inputs i WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = i.job_id);
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.job_inputs', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE job_inputs IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM job_inputs) THEN
--rollback         IF to_regclass(format('%I.job_inputs', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.job_inputs holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE job_inputs SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE job_inputs;
--rollback     END IF;
--rollback END $$;

--changeset longhaul:0015-mcp-capabilities splitStatements:false rollbackSplitStatements:false
--comment level=15 min-app=14 What a client with a session can be asked.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    ALTER TABLE mcp_sessions ADD COLUMN capabilities JSON;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- A program that does not know it asks nobody.
--rollback     ALTER TABLE IF EXISTS mcp_sessions DROP COLUMN IF EXISTS capabilities;
--rollback END $$;
