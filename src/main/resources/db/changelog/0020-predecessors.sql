--liquibase formatted sql

--changeset longhaul:0020-job-predecessors splitStatements:false rollbackSplitStatements:false
--comment level=20 min-app=17 Which jobs a job was submitted to run after, kept as long as the job.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The rows of job_dependencies go when a job is released; these stay, so that a chain can be seen when it has ended.
    CREATE TABLE job_predecessors (
        job_id UUID NOT NULL,
        after_id UUID NOT NULL,
        PRIMARY KEY (job_id, after_id)
    );
    -- Serves the way from a job to those after it.
    CREATE INDEX idx_job_predecessors_after ON job_predecessors (after_id, job_id);

    IF to_regclass(format('%I.job_predecessors', archive)) IS NOT NULL THEN
        DROP TABLE job_predecessors;
        EXECUTE format('ALTER TABLE %I.job_predecessors SET SCHEMA %I', archive, current_schema());
        -- Programs of lower levels removed jobs meanwhile.
        DELETE FROM job_predecessors p WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = p.job_id);
    END IF;

    -- Chains that wait now. Programs of lower levels add none later.
    INSERT INTO job_predecessors (job_id, after_id)
    SELECT d.job_id, d.after_id
    FROM job_dependencies d
    ON CONFLICT DO NOTHING;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.job_predecessors', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE job_predecessors IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM job_predecessors) THEN
--rollback         IF to_regclass(format('%I.job_predecessors', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.job_predecessors holds the rows of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('ALTER TABLE job_predecessors SET SCHEMA %I', archive);
--rollback     ELSE
--rollback         DROP TABLE job_predecessors;
--rollback     END IF;
--rollback END $$;

--changeset longhaul:0020-handovers splitStatements:false rollbackSplitStatements:false
--comment level=20 min-app=17 When a lost node was last heard of.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The lease of a node ends later than its last sign of life. Null for runs of programs of lower levels.
    ALTER TABLE nodes ADD COLUMN renewed_at TIMESTAMPTZ;
    -- The same for an attempt that was lost with its node; its end is the time at which that was seen.
    ALTER TABLE job_attempts ADD COLUMN heard_at TIMESTAMPTZ;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Only the time that a handover took is lost.
--rollback     ALTER TABLE IF EXISTS job_attempts DROP COLUMN IF EXISTS heard_at;
--rollback     ALTER TABLE IF EXISTS nodes DROP COLUMN IF EXISTS renewed_at;
--rollback END $$;
