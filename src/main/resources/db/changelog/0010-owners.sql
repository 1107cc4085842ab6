--liquibase formatted sql

--changeset longhaul:0010-jobs-principal splitStatements:false rollbackSplitStatements:false
--comment level=10 min-app=9 Who submitted a job.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_principal', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A column without default: PostgreSQL adds it without rewriting the table. Null where nobody had to say who they are.
    ALTER TABLE jobs
        ADD COLUMN principal VARCHAR(255);

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE jobs j SET principal = a.principal FROM %s a WHERE a.id = j.id', archived);
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
--rollback     IF EXISTS (SELECT FROM jobs WHERE principal IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.jobs_principal', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_principal holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_principal AS SELECT id, principal FROM jobs WHERE principal IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs DROP COLUMN principal;
--rollback END $$;

--changeset longhaul:0010-idx-jobs-principal runInTransaction:false
--comment level=10 min-app=9 Serves lists of one's own jobs, the newest first.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_principal;
CREATE INDEX CONCURRENTLY idx_jobs_principal ON jobs (principal, created_at DESC) WHERE principal IS NOT NULL;
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_principal;
