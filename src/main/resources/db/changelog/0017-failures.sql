--liquibase formatted sql

--changeset longhaul:0017-jobs-failure splitStatements:false rollbackSplitStatements:false
--comment level=17 min-app=16 Which failed jobs failed alike.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_failure', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A column without default: PostgreSQL adds it without rewriting the table. Null unless the job failed, and for jobs that
    -- failed on programs of lower levels.
    ALTER TABLE jobs
        ADD COLUMN failure VARCHAR(16);

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE jobs j SET failure = a.failure FROM %s a WHERE a.id = j.id', archived);
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
--rollback     IF EXISTS (SELECT FROM jobs WHERE failure IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.jobs_failure', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_failure holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_failure AS SELECT id, failure FROM jobs WHERE failure IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs DROP COLUMN failure;
--rollback END $$;

--changeset longhaul:0017-idx-jobs-failure runInTransaction:false
--comment level=17 min-app=16 Serves the list of jobs that failed alike.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_failure;
CREATE INDEX CONCURRENTLY idx_jobs_failure ON jobs (failure, created_at) WHERE failure IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_failure;

--changeset longhaul:0017-idx-jobs-failed-at runInTransaction:false
--comment level=17 min-app=16 Serves the groups of failures in a span of time, from the index alone.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_failed_at;
CREATE INDEX CONCURRENTLY idx_jobs_failed_at ON jobs (completed_at, failure, tool_name, principal) WHERE failure IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_failed_at;
