--liquibase formatted sql

--changeset longhaul:0012-tool-checkpoints splitStatements:false rollbackSplitStatements:false
--comment level=12 min-app=11 What calls keep of work they handed to somebody outside.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- How the work of a job is found again that somebody outside goes on with. The attempt after a lost one takes it over.
    CREATE TABLE tool_checkpoints (
        job_id UUID PRIMARY KEY,
        attempt INTEGER NOT NULL,
        tool_name VARCHAR(100) NOT NULL,
        data TEXT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        expires_at TIMESTAMPTZ NOT NULL
    );
    CREATE INDEX idx_tool_checkpoints_expires_at ON tool_checkpoints (expires_at);

    IF to_regclass(format('%I.tool_checkpoints', archive)) IS NOT NULL THEN
        DROP TABLE tool_checkpoints;
        EXECUTE format('ALTER TABLE %I.tool_checkpoints SET SCHEMA %I', archive, current_schema());
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.tool_checkpoints', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE tool_checkpoints IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM tool_checkpoints) THEN
--rollback         IF to_regclass(format('%I.tool_checkpoints', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.tool_checkpoints holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE tool_checkpoints SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE tool_checkpoints;
--rollback     END IF;
--rollback END $$;
