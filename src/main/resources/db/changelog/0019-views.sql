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
