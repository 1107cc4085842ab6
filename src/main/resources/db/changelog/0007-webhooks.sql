--liquibase formatted sql

--changeset longhaul:0007-webhook-columns splitStatements:false rollbackSplitStatements:false
--comment level=7 min-app=6 Who is told of the end of a job besides those who asked for all.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.jobs_webhooks', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Only columns without default: PostgreSQL adds those without rewriting the table.
    ALTER TABLE jobs
        ADD COLUMN webhook JSONB;

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE jobs j SET webhook = a.webhook FROM %s a WHERE a.id = j.id', archived);
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
--rollback     IF EXISTS (SELECT FROM jobs WHERE webhook IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.jobs_webhooks', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.jobs_webhooks holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.jobs_webhooks AS SELECT id, webhook FROM jobs WHERE webhook IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE jobs DROP COLUMN webhook;
--rollback END $$;

--changeset longhaul:0007-webhook-tables splitStatements:false rollbackSplitStatements:false
--comment level=7 min-app=6 Endpoints, what is to be delivered to them, and what came of it.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    kept text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    CREATE TABLE webhooks (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        url TEXT NOT NULL,
        description TEXT,
        events TEXT[] NOT NULL,
        -- Names of tools, or null for all.
        tools TEXT[],
        include_result BOOLEAN NOT NULL,
        -- As it was drawn: it is needed to sign.
        secret TEXT NOT NULL,
        old_secret TEXT,
        old_secret_until TIMESTAMPTZ,
        paused_at TIMESTAMPTZ,
        disabled_at TIMESTAMPTZ,
        disabled_reason TEXT,
        -- Since when no delivery has succeeded, or null while they do.
        failing_since TIMESTAMPTZ,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );

    -- One for each event and endpoint, made by the transaction that ends the job. Whoever sends it moves the time at which
    -- it is due ahead, so that another one takes it over should he die.
    CREATE TABLE webhook_deliveries (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        -- Deliveries of a lane share its limit: those of an endpoint, or of a host that jobs name themselves.
        lane TEXT NOT NULL,
        webhook_id UUID,
        job_id UUID,
        event VARCHAR(40) NOT NULL,
        payload JSONB NOT NULL,
        -- Where to, if a job names that itself.
        target JSONB,
        include_result BOOLEAN NOT NULL DEFAULT FALSE,
        status VARCHAR(10) NOT NULL DEFAULT 'pending',
        -- How often somebody has begun to send it: the fence against who comes late.
        attempt INTEGER NOT NULL DEFAULT 0,
        -- How many attempts of this round have failed: where it is in the schedule of retries.
        failures SMALLINT NOT NULL DEFAULT 0,
        next_at TIMESTAMPTZ DEFAULT NOW(),
        queued_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        ended_at TIMESTAMPTZ,
        CONSTRAINT webhook_deliveries_pending CHECK ((status = 'pending') = (next_at IS NOT NULL) AND (status = 'pending') = (ended_at IS NULL))
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
    -- What is due in a lane.
    CREATE INDEX idx_webhook_deliveries_due ON webhook_deliveries (lane, next_at) WHERE next_at IS NOT NULL;
    -- The deliveries of an endpoint, newest first.
    CREATE INDEX idx_webhook_deliveries_webhook ON webhook_deliveries (webhook_id, created_at, id) WHERE webhook_id IS NOT NULL;
    -- The deliveries of a job.
    CREATE INDEX idx_webhook_deliveries_job ON webhook_deliveries (job_id) WHERE job_id IS NOT NULL;
    -- Those that are over and whose time is over, too.
    CREATE INDEX idx_webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
    -- Those that nobody could send for too long.
    CREATE INDEX idx_webhook_deliveries_queued ON webhook_deliveries (queued_at) WHERE next_at IS NOT NULL;

    CREATE TABLE webhook_attempts (
        delivery_id UUID NOT NULL,
        attempt INTEGER NOT NULL,
        ended_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        duration_ms INTEGER NOT NULL,
        status SMALLINT,
        error TEXT,
        answer TEXT,
        PRIMARY KEY (delivery_id, attempt)
    );

    FOREACH kept IN ARRAY ARRAY['webhooks', 'webhook_deliveries', 'webhook_attempts'] LOOP
        IF to_regclass(format('%I.%I', archive, kept)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE %I', kept);
            EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', archive, kept, current_schema());
        END IF;
    END LOOP;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback     told text;
--rollback     kept boolean;
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     FOREACH told IN ARRAY ARRAY['webhooks', 'webhook_deliveries', 'webhook_attempts'] LOOP
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

--changeset longhaul:0007-webhook-triggers splitStatements:false rollbackSplitStatements:false
--comment level=7 min-app=6 Whatever ends a job or a batch writes the deliveries, programs of the level before included.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    CREATE FUNCTION tell_webhooks_of_job() RETURNS trigger LANGUAGE plpgsql AS $tell$
    DECLARE
        told text := 'job.' || NEW.status;
        own jsonb := NEW.webhook;
        -- A cancelled job may have failed attempts behind it: those are no reason why it was cancelled.
        failed boolean := NEW.status = 'failed' OR NEW.status = 'cancelled' AND NEW.error_code = 'PREDECESSOR_FAILED';
        wanted boolean := own IS NOT NULL AND (own -> 'events' IS NULL OR own -> 'events' @> to_jsonb(told));
    BEGIN
        INSERT INTO webhook_deliveries (lane, webhook_id, job_id, event, target, include_result, payload)
        SELECT t.lane, t.webhook_id, NEW.id, told, t.target, t.include_result OR COALESCE((own ->> 'include_result')::boolean, FALSE),
               jsonb_build_object(
                   'job_id', NEW.id, 'tool', NEW.tool_name, 'status', NEW.status, 'attempt', NEW.attempt,
                   'error_code', CASE WHEN failed THEN NEW.error_code END,
                   'error', CASE WHEN failed THEN left(NEW.error_message, 2000) END,
                   'created_at', NEW.created_at, 'started_at', NEW.started_at, 'completed_at', NEW.completed_at,
                   'batch_id', NEW.batch_id, 'schedule_id', NEW.schedule_id, 'retry_of', NEW.retry_of,
                   'trace_id', NEW.trace_id)
        FROM (
            SELECT w.id::text AS lane, w.id AS webhook_id, NULL::jsonb AS target, w.include_result
            FROM webhooks w
            WHERE w.disabled_at IS NULL
              AND (told = ANY (w.events) AND (w.tools IS NULL OR NEW.tool_name = ANY (w.tools))
                   OR wanted AND w.id = (own ->> 'id')::uuid)
            UNION ALL
            SELECT 'to ' || COALESCE(lower(substring(own ->> 'url' from '^[A-Za-z]+://([^/?#]+)')), ''), NULL, own - 'events', FALSE
            WHERE wanted AND own ->> 'url' IS NOT NULL
        ) t;
        RETURN NULL;
    END $tell$;

    CREATE FUNCTION tell_webhooks_of_batch() RETURNS trigger LANGUAGE plpgsql AS $tell$
    BEGIN
        INSERT INTO webhook_deliveries (lane, webhook_id, event, payload)
        SELECT w.id::text, w.id, 'batch.ended',
               jsonb_build_object(
                   'batch_id', NEW.id, 'total', NEW.total, 'completed', c.completed, 'failed', c.failed,
                   'cancelled', c.cancelled, 'created_at', NEW.created_at, 'ended_at', NEW.ended_at)
        FROM webhooks w CROSS JOIN (
            SELECT count(*) FILTER (WHERE j.status = 'completed') AS completed,
                   count(*) FILTER (WHERE j.status = 'failed') AS failed,
                   count(*) FILTER (WHERE j.status = 'cancelled') AS cancelled
            FROM jobs j
            WHERE j.batch_id = NEW.id
        ) c
        WHERE w.disabled_at IS NULL AND 'batch.ended' = ANY (w.events);
        RETURN NULL;
    END $tell$;

    -- A table without rows has a file without bytes: where nobody has ever made an endpoint, asking that is all an end costs.
    CREATE TRIGGER tell_webhooks AFTER UPDATE ON jobs FOR EACH ROW
        WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL
              AND (NEW.webhook IS NOT NULL OR pg_relation_size('webhooks', 'main') > 0))
        EXECUTE FUNCTION tell_webhooks_of_job();
    CREATE TRIGGER tell_webhooks AFTER UPDATE ON job_batches FOR EACH ROW
        WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND pg_relation_size('webhooks', 'main') > 0)
        EXECUTE FUNCTION tell_webhooks_of_batch();
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     IF to_regclass(format('%I.jobs', current_schema())) IS NOT NULL THEN
--rollback         DROP TRIGGER IF EXISTS tell_webhooks ON jobs;
--rollback     END IF;
--rollback     IF to_regclass(format('%I.job_batches', current_schema())) IS NOT NULL THEN
--rollback         DROP TRIGGER IF EXISTS tell_webhooks ON job_batches;
--rollback     END IF;
--rollback     DROP FUNCTION IF EXISTS tell_webhooks_of_job();
--rollback     DROP FUNCTION IF EXISTS tell_webhooks_of_batch();
--rollback END $$;
