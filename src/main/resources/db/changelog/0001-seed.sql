--liquibase formatted sql

--changeset longhaul:0001-seed splitStatements:false rollbackSplitStatements:false
--comment level=1 min-app=1 The jobs table that the predecessor's clients rely on.
DO $$
DECLARE
    home text := current_schema();
    archive text := current_schema() || '_archive';
    archived regclass := to_regclass(format('%I.jobs', current_schema() || '_archive'));
    shape text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A rollback moves a table that has rows into the archive schema: bring it back as it was.
    IF archived IS NOT NULL THEN
        SELECT string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attname COLLATE "C")
        INTO shape
        FROM pg_attribute
        WHERE attrelid = archived AND attnum > 0 AND NOT attisdropped;
        IF shape = format(
            'completed_at timestamp with time zone, created_at timestamp with time zone, error_message text, '
            'expires_at timestamp with time zone, id uuid, parameters jsonb, result jsonb, '
            'started_at timestamp with time zone, status %s, tool_name character varying(100), '
            'trace_id character varying(36)',
            format_type(to_regtype(format('%I.jobstatus_archived', archive)), NULL))
        THEN
            EXECUTE format('ALTER TABLE %I.jobs SET SCHEMA %I', archive, home);
            EXECUTE format('ALTER TYPE %I.jobstatus_archived RENAME TO jobstatus', archive);
            EXECUTE format('ALTER TYPE %I.jobstatus SET SCHEMA %I', archive, home);
            RETURN;
        END IF;
        RAISE WARNING 'Table %.jobs has columns that this release did not make: it stays there, and a new, empty jobs table is made. Copy its rows with INSERT ... SELECT.', archive;
    END IF;

    CREATE TYPE jobstatus AS ENUM ('pending', 'running', 'completed', 'failed', 'cancelled');
    CREATE TABLE jobs (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        tool_name VARCHAR(100) NOT NULL,
        status jobstatus NOT NULL DEFAULT 'pending',
        trace_id VARCHAR(36) NOT NULL,
        parameters JSONB NOT NULL,
        result JSONB,
        error_message TEXT,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        started_at TIMESTAMPTZ,
        completed_at TIMESTAMPTZ,
        expires_at TIMESTAMPTZ NOT NULL
    );
    CREATE INDEX idx_jobs_status ON jobs(status);
    CREATE INDEX idx_jobs_created_at ON jobs(created_at);
    CREATE INDEX idx_jobs_tool_name ON jobs(tool_name);
    CREATE INDEX idx_jobs_trace_id ON jobs(trace_id);
    CREATE INDEX idx_jobs_expires_at ON jobs(expires_at);
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     home text := current_schema();
--rollback     archive text := current_schema() || '_archive';
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     IF to_regclass(format('%I.jobs', home)) IS NULL THEN
--rollback         DROP TYPE IF EXISTS jobstatus;
--rollback         RETURN;
--rollback     END IF;
--rollback
--rollback     LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE;
--rollback     SELECT EXISTS (SELECT FROM jobs) INTO kept;
--rollback     IF NOT kept THEN
--rollback         DROP TABLE jobs;
--rollback         DROP TYPE jobstatus;
--rollback         RETURN;
--rollback     END IF;
--rollback
--rollback     -- Rows are never dropped: table and type move away together, and migrating again moves them back.
--rollback     IF to_regclass(format('%I.jobs', archive)) IS NOT NULL THEN
--rollback         RAISE EXCEPTION 'Table %.jobs holds the rows of an earlier rollback and is not overwritten', archive
--rollback             USING HINT = 'Rename or drop that table, then roll back again.';
--rollback     END IF;
--rollback     IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback         EXECUTE format('CREATE SCHEMA %I', archive);
--rollback     END IF;
--rollback     EXECUTE format('ALTER TABLE %I.jobs SET SCHEMA %I', home, archive);
--rollback     EXECUTE format('ALTER TYPE %I.jobstatus SET SCHEMA %I', home, archive);
--rollback     -- The archived type gets another name: a check that looks for jobstatus in any schema must not find it.
--rollback     EXECUTE format('ALTER TYPE %I.jobstatus RENAME TO jobstatus_archived', archive);
--rollback END $$;
