--liquibase formatted sql

--changeset longhaul:0005-remote-columns splitStatements:false rollbackSplitStatements:false
--comment level=5 min-app=4 Which tools nodes have, which version worked on a job, and when a remote worker's time is up.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_remote', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Only columns without default: PostgreSQL adds those without rewriting the table.
    ALTER TABLE jobs
        ADD COLUMN tool_version VARCHAR(100);
    -- Nodes time their attempts themselves; a deadline here is for those of remote workers.
    ALTER TABLE job_leases
        ADD COLUMN tool_version VARCHAR(100),
        ADD COLUMN deadline TIMESTAMPTZ;
    -- What each node has, so that a job which waits for a tool that nobody has can say so.
    ALTER TABLE nodes
        ADD COLUMN tools TEXT[];

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE jobs j SET tool_version = a.tool_version FROM %s a WHERE a.id = j.id', archived);
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
--rollback     IF EXISTS (SELECT FROM jobs WHERE tool_version IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.jobs_remote', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_remote holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_remote AS SELECT id, tool_version FROM jobs WHERE tool_version IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs DROP COLUMN tool_version;
--rollback     ALTER TABLE job_leases
--rollback         DROP COLUMN tool_version,
--rollback         DROP COLUMN deadline;
--rollback     ALTER TABLE nodes DROP COLUMN tools;
--rollback END $$;

--changeset longhaul:0005-remote-tables splitStatements:false rollbackSplitStatements:false
--comment level=5 min-app=4 Remote workers and the tools they bring.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The runs of nodes that are workers elsewhere, each with the hash of the token it names itself by.
    CREATE TABLE remote_workers (
        node_id BIGINT PRIMARY KEY,
        token_hash BYTEA NOT NULL
    );

    -- Tools that workers have registered: the same settings as in a configuration.
    CREATE TABLE remote_tools (
        name VARCHAR(100) PRIMARY KEY,
        definition JSONB NOT NULL,
        registered_by VARCHAR(255) NOT NULL,
        registered_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );

    IF to_regclass(format('%I.remote_tools', archive)) IS NOT NULL THEN
        DROP TABLE remote_tools;
        EXECUTE format('ALTER TABLE %I.remote_tools SET SCHEMA %I', archive, current_schema());
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     DROP TABLE IF EXISTS remote_workers;
--rollback     IF to_regclass(format('%I.remote_tools', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     SELECT EXISTS (SELECT FROM remote_tools) INTO kept;
--rollback     IF kept THEN
--rollback         IF to_regclass(format('%I.remote_tools', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.remote_tools holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE remote_tools SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE remote_tools;
--rollback     END IF;
--rollback END $$;

--changeset longhaul:0005-idx-job-leases-remote runInTransaction:false
--comment level=5 min-app=4 Serves what a remote worker holds.
DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_remote;
CREATE INDEX CONCURRENTLY idx_job_leases_remote ON job_leases (node_id) WHERE deadline IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_remote;

--changeset longhaul:0005-idx-job-leases-deadline runInTransaction:false
--comment level=5 min-app=4 Serves the look for remote workers whose time is up.
DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_deadline;
CREATE INDEX CONCURRENTLY idx_job_leases_deadline ON job_leases (deadline) WHERE deadline IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_job_leases_deadline;
