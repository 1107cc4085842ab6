--liquibase formatted sql

--changeset longhaul:0021-start-within splitStatements:false rollbackSplitStatements:false
--comment level=21 min-app=17 In what time a job must begin.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_start_within', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Null for jobs that may wait for as long as they must. Those have infinity in expires_at before their end, so that
    -- programs of lower levels, which fail a pending job when its expires_at has come, let them wait too.
    ALTER TABLE jobs ADD COLUMN start_within_seconds INTEGER;

    IF archived IS NOT NULL THEN
        EXECUTE format(
            'UPDATE jobs j SET start_within_seconds = a.start_within_seconds FROM %s a WHERE a.id = j.id', archived);
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
--rollback     IF EXISTS (SELECT FROM jobs WHERE start_within_seconds IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.jobs_start_within', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_start_within holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_start_within AS SELECT id, start_within_seconds FROM jobs '
--rollback             'WHERE start_within_seconds IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs DROP COLUMN start_within_seconds;
--rollback END $$;

--changeset longhaul:0021-expired-before splitStatements:false
--comment level=21 min-app=17 Jobs of an older system that had expired before they came here fail, and do not run late.
UPDATE jobs
SET start_within_seconds = 0
WHERE status = 'pending' AND ttl_seconds IS NULL AND expires_at < NOW() AND attempt = 0 AND start_within_seconds IS NULL;
--rollback SELECT 1;

--changeset longhaul:0021-idx-jobs-start-by runInTransaction:false
--comment level=21 min-app=17 Serves the search for jobs that did not begin in time; jobs without a limit are not in it.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_start_by;
CREATE INDEX CONCURRENTLY idx_jobs_start_by ON jobs (expires_at) WHERE status = 'pending' AND expires_at < 'infinity';
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_start_by;
