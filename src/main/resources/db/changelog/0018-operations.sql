--liquibase formatted sql

--changeset longhaul:0018-operations splitStatements:false rollbackSplitStatements:false
--comment level=18 min-app=16 Actions on all jobs that match a filter, with an outcome for each job.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    moved text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    CREATE TABLE operations (
        id UUID PRIMARY KEY,
        kind VARCHAR(10) NOT NULL,
        -- As the API takes it. JSON and not jsonb, so that the same filter is the same text.
        filter JSON NOT NULL,
        -- The submitter; null on servers that ask for no keys.
        principal VARCHAR(255),
        -- The only tools that its key may use; null for all.
        tools TEXT[],
        idempotency_key VARCHAR(255),
        trace_id VARCHAR(32),
        state VARCHAR(10) NOT NULL DEFAULT 'pending',
        -- Only jobs that existed at this time are changed.
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        ended_at TIMESTAMPTZ,
        -- The turn of each operation comes after those of the others.
        worked_at TIMESTAMPTZ,
        -- It rests until then; null if it does not.
        resume_at TIMESTAMPTZ,
        -- All jobs before this one are on the list of its outcomes.
        listed_time TIMESTAMPTZ,
        listed_id UUID,
        listed BOOLEAN NOT NULL DEFAULT false,
        -- All outcomes up to this position were tried.
        tried BIGINT NOT NULL DEFAULT 0,
        matched BIGINT NOT NULL DEFAULT 0,
        done BIGINT NOT NULL DEFAULT 0,
        skipped BIGINT NOT NULL DEFAULT 0,
        failed BIGINT NOT NULL DEFAULT 0,
        -- Why it does not go on, for people.
        waits_for VARCHAR(1000),
        CONSTRAINT operations_kind CHECK (kind::text IN ('cancel', 'retry')),
        CONSTRAINT operations_state CHECK (state::text IN ('pending', 'running', 'completed', 'cancelled')),
        CONSTRAINT operations_ended CHECK ((ended_at IS NULL) = (state::text IN ('pending', 'running')))
    );
    -- Serves the search for work, and the limit for each submitter.
    CREATE INDEX idx_operations_open ON operations (worked_at) WHERE state::text IN ('pending', 'running');
    -- Serves the list, the newest first.
    CREATE INDEX idx_operations_created_at ON operations (created_at, id);
    -- Serves the removal of old ones.
    CREATE INDEX idx_operations_ended_at ON operations (ended_at) WHERE ended_at IS NOT NULL;
    -- Makes a repeated request the same operation.
    CREATE UNIQUE INDEX idx_operations_idempotency_key ON operations (idempotency_key, COALESCE(principal, ''))
        WHERE idempotency_key IS NOT NULL;

    -- A row for each job of an operation, made before the first of them is changed. Its outcome is null until then.
    CREATE TABLE operation_outcomes (
        operation_id UUID NOT NULL,
        position BIGINT NOT NULL,
        job_id UUID NOT NULL,
        outcome VARCHAR(10),
        error_code VARCHAR(50),
        error_message VARCHAR(1000),
        new_job_id UUID,
        PRIMARY KEY (operation_id, position),
        CONSTRAINT operation_outcomes_outcome CHECK (outcome::text IN ('done', 'skipped', 'failed'))
    ) WITH (fillfactor = 80);

    FOREACH moved IN ARRAY ARRAY['operations', 'operation_outcomes'] LOOP
        IF to_regclass(format('%I.%I', archive, moved)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE %I', moved);
            EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', archive, moved, current_schema());
        END IF;
    END LOOP;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     moved text;
--rollback     filled boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     FOREACH moved IN ARRAY ARRAY['operations', 'operation_outcomes'] LOOP
--rollback         -- Somebody dropped the table by hand: nothing is left to take back.
--rollback         CONTINUE WHEN to_regclass(format('%I.%I', current_schema(), moved)) IS NULL;
--rollback         EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', moved);
--rollback         EXECUTE format('SELECT EXISTS (SELECT FROM %I)', moved) INTO filled;
--rollback         IF filled THEN
--rollback             IF to_regclass(format('%I.%I', archive, moved)) IS NOT NULL THEN
--rollback                 RAISE EXCEPTION 'Table %.% holds the rows of an earlier rollback and is not overwritten', archive, moved
--rollback                     USING HINT = 'Rename or drop that table, then roll back again.';
--rollback             END IF;
--rollback             IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback                 EXECUTE format('CREATE SCHEMA %I', archive);
--rollback             END IF;
--rollback             EXECUTE format('ALTER TABLE %I SET SCHEMA %I', moved, archive);
--rollback         ELSE
--rollback             EXECUTE format('DROP TABLE %I', moved);
--rollback         END IF;
--rollback     END LOOP;
--rollback END $$;
