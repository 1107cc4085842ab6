--liquibase formatted sql

--changeset longhaul:0009-key-tables splitStatements:false rollbackSplitStatements:false
--comment level=9 min-app=8 Who may use the API, and what operators did.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    told text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- One row for each key that was ever made. The key itself is nowhere, only its hash; a revoked key keeps its row, so
    -- that the log of operators' actions stays readable.
    CREATE TABLE api_keys (
        id VARCHAR(10) PRIMARY KEY,
        name VARCHAR(100) NOT NULL,
        hash VARCHAR(64) NOT NULL,
        role VARCHAR(20) NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        expires_at TIMESTAMPTZ,
        revoked_at TIMESTAMPTZ,
        -- To the minute: a key that is used all the time is not written all the time.
        last_used_at TIMESTAMPTZ
    );

    -- What operators asked for, and what they were answered.
    CREATE TABLE audit_log (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        principal VARCHAR(200) NOT NULL,
        action VARCHAR(300) NOT NULL,
        status INTEGER NOT NULL,
        trace_id VARCHAR(36)
    );

    FOREACH told IN ARRAY ARRAY['api_keys', 'audit_log'] LOOP
        CONTINUE WHEN to_regclass(format('%I.%I', archive, told)) IS NULL;
        EXECUTE format('DROP TABLE %I', told);
        EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', archive, told, current_schema());
    END LOOP;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     told text;
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     FOREACH told IN ARRAY ARRAY['api_keys', 'audit_log'] LOOP
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
