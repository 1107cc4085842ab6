--liquibase formatted sql

--changeset longhaul:0008-files splitStatements:false rollbackSplitStatements:false
--comment level=8 min-app=7 Files that go into jobs and come out of them.
DO $$
DECLARE
    archive text := current_schema() || '_archive';
    kept text;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- A file that was uploaded, or left by a job. Size and digest come last: without them it is not complete.
    CREATE TABLE files (
        id UUID PRIMARY KEY,
        name VARCHAR(255) NOT NULL,
        media_type VARCHAR(255) NOT NULL,
        bytes BIGINT,
        sha256 BYTEA,
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        expires_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT files_complete_check CHECK ((bytes IS NULL) = (sha256 IS NULL))
    );
    CREATE INDEX idx_files_expires_at ON files (expires_at);

    -- What is in them, in pieces that are read and written one at a time.
    CREATE TABLE file_chunks (
        file_id UUID NOT NULL,
        chunk INTEGER NOT NULL,
        data BYTEA NOT NULL,
        PRIMARY KEY (file_id, chunk)
    );
    -- Most large files are compressed already; trying again would only cost time.
    ALTER TABLE file_chunks ALTER COLUMN data SET STORAGE EXTERNAL;

    -- Which files belong to which job. Attempt 0 are those that go in, by the param that names them (a JSON pointer); the
    -- others were left by an attempt, by their paths, and show once that attempt has completed the job.
    CREATE TABLE job_files (
        job_id UUID NOT NULL,
        attempt INTEGER NOT NULL,
        name VARCHAR(1000) NOT NULL,
        file_id UUID NOT NULL,
        PRIMARY KEY (job_id, attempt, name)
    );
    CREATE INDEX idx_job_files_file_id ON job_files (file_id);

    FOREACH kept IN ARRAY ARRAY['files', 'file_chunks', 'job_files'] LOOP
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
--rollback     FOREACH told IN ARRAY ARRAY['files', 'file_chunks', 'job_files'] LOOP
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
