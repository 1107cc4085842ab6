--liquibase formatted sql

--changeset longhaul:0011-api-keys-tools splitStatements:false rollbackSplitStatements:false
--comment level=11 min-app=10 Which tools a key may use.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.api_keys_tools', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Null for all tools. None at all would be a key that can do nothing, and a program that reads it as all.
    ALTER TABLE api_keys
        ADD COLUMN tools TEXT[],
        ADD CONSTRAINT api_keys_tools_check CHECK (cardinality(tools) > 0);

    IF archived IS NOT NULL THEN
        EXECUTE format(
            'INSERT INTO api_keys (id, name, hash, role, created_at, expires_at, revoked_at, last_used_at, tools)'
            || ' SELECT id, name, hash, role, created_at, expires_at, revoked_at, last_used_at, tools FROM %s', archived);
        EXECUTE format('DROP TABLE %s', archived);
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.api_keys', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE;
--rollback     -- The whole keys: a program that knows no lists would let them use all tools.
--rollback     IF EXISTS (SELECT FROM api_keys WHERE tools IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.api_keys_tools', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.api_keys_tools holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format('CREATE TABLE %I.api_keys_tools AS SELECT * FROM api_keys WHERE tools IS NOT NULL', archive);
--rollback         DELETE FROM api_keys WHERE tools IS NOT NULL;
--rollback     END IF;
--rollback     ALTER TABLE api_keys DROP COLUMN tools;
--rollback END $$;

--changeset longhaul:0011-files-principal splitStatements:false rollbackSplitStatements:false
--comment level=11 min-app=10 Who uploaded a file.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.files_principal', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Null where nobody had to say who they are.
    ALTER TABLE files
        ADD COLUMN principal VARCHAR(255);

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE files t SET principal = a.principal FROM %s a WHERE a.id = t.id', archived);
        EXECUTE format('DROP TABLE %s', archived);
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.files', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE files IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM files WHERE principal IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.files_principal', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.files_principal holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.files_principal AS SELECT id, principal FROM files WHERE principal IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE files DROP COLUMN principal;
--rollback END $$;

--changeset longhaul:0011-schedules-principal splitStatements:false rollbackSplitStatements:false
--comment level=11 min-app=10 Who made a schedule, and whose its jobs are.
DO $$
DECLARE
    archived regclass := to_regclass(format('%I.schedules_principal', current_schema() || '_archive'));
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Null where nobody had to say who they are.
    ALTER TABLE schedules
        ADD COLUMN principal VARCHAR(255);

    IF archived IS NOT NULL THEN
        EXECUTE format('UPDATE schedules t SET principal = a.principal FROM %s a WHERE a.id = t.id', archived);
        EXECUTE format('DROP TABLE %s', archived);
    END IF;
END $$;
--rollback DO $$
--rollback DECLARE
--rollback     archive text := current_schema() || '_archive';
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- Somebody dropped the table by hand: nothing is left to take back.
--rollback     IF to_regclass(format('%I.schedules', current_schema())) IS NULL THEN
--rollback         RETURN;
--rollback     END IF;
--rollback     LOCK TABLE schedules IN ACCESS EXCLUSIVE MODE;
--rollback     IF EXISTS (SELECT FROM schedules WHERE principal IS NOT NULL) THEN
--rollback         IF to_regclass(format('%I.schedules_principal', archive)) IS NOT NULL THEN
--rollback             RAISE EXCEPTION 'Table %.schedules_principal holds the values of an earlier rollback and is not overwritten', archive
--rollback                 USING HINT = 'Rename or drop that table, then roll back again.';
--rollback         END IF;
--rollback         IF to_regnamespace(quote_ident(archive)) IS NULL THEN
--rollback             EXECUTE format('CREATE SCHEMA %I', archive);
--rollback         END IF;
--rollback         EXECUTE format(
--rollback             'CREATE TABLE %I.schedules_principal AS SELECT id, principal FROM schedules WHERE principal IS NOT NULL', archive);
--rollback     END IF;
--rollback     ALTER TABLE schedules DROP COLUMN principal;
--rollback END $$;
