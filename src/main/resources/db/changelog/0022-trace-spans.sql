--liquibase formatted sql

--changeset longhaul:0022-trace-spans splitStatements:false rollbackSplitStatements:false
--comment level=22 min-app=17 The span that a job continues, beside its trace.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- The caller's span and its flags, such as 00f067aa0ba902b7-01. Null for jobs without one, and for those that programs of
    -- lower levels have stored.
    ALTER TABLE jobs ADD COLUMN trace_span VARCHAR(19);
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- The trace of each job stays; only the place in it is lost.
--rollback     ALTER TABLE IF EXISTS jobs DROP COLUMN IF EXISTS trace_span;
--rollback END $$;
