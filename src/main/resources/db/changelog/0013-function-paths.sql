--liquibase formatted sql

--changeset longhaul:0013-function-paths splitStatements:false rollbackSplitStatements:false
--comment level=13 min-app=12 Functions find their tables in their own schema, whatever path the session has that calls them.
DO $$
DECLARE
    told text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    -- Temporary tables come last: left out, they would come first.
    FOREACH told IN ARRAY ARRAY['tell_webhooks_of_job', 'tell_webhooks_of_batch'] LOOP
        -- Somebody dropped it by hand: schema verify says so, and how to make it again.
        CONTINUE WHEN to_regprocedure(format('%I.%I()', current_schema(), told)) IS NULL;
        EXECUTE format('ALTER FUNCTION %I.%I() SET search_path = %1$I, pg_temp', current_schema(), told);
    END LOOP;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     told text;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     FOREACH told IN ARRAY ARRAY['tell_webhooks_of_job', 'tell_webhooks_of_batch'] LOOP
--rollback         CONTINUE WHEN to_regprocedure(format('%I.%I()', current_schema(), told)) IS NULL;
--rollback         EXECUTE format('ALTER FUNCTION %I.%I() RESET search_path', current_schema(), told);
--rollback     END LOOP;
--rollback END $$;
