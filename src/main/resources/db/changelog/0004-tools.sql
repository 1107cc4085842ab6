--liquibase formatted sql

--changeset longhaul:0004-tool-callbacks splitStatements:false rollbackSplitStatements:false
--comment level=4 min-app=3 Where tools are called back.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    kept text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The address of a job whose work was handed to somebody outside. An attempt after a lost one takes it over.
    CREATE TABLE tool_callbacks (
        token VARCHAR(64) PRIMARY KEY,
        job_id UUID NOT NULL,
        attempt INTEGER NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        expires_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT tool_callbacks_job_id_key UNIQUE (job_id)
    );
    CREATE INDEX idx_tool_callbacks_expires_at ON tool_callbacks (expires_at);

    -- What was posted there, until the call that waits for it has ended.
    CREATE TABLE tool_callback_messages (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        token VARCHAR(64) NOT NULL,
        body TEXT NOT NULL,
        received_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );
    CREATE INDEX idx_tool_callback_messages_token ON tool_callback_messages (token, id);

    FOREACH kept IN ARRAY ARRAY['tool_callbacks', 'tool_callback_messages'] LOOP
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
--rollback     FOREACH told IN ARRAY ARRAY['tool_callbacks', 'tool_callback_messages'] LOOP
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
