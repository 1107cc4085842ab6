--liquibase formatted sql

--changeset longhaul:9001-additive
--comment level=9001 min-app=1 What a newer release adds without disturbing this one.
ALTER TABLE jobs ADD COLUMN note text;
ALTER TABLE jobs ADD CONSTRAINT note_short CHECK (length(note) < 100);
ALTER TYPE jobstatus ADD VALUE 'paused';
--rollback ALTER TABLE jobs DROP COLUMN note;

--changeset longhaul:9002-breaking
--comment level=9002 min-app=9002 What this release cannot live with.
ALTER TABLE jobs ALTER COLUMN tool_name TYPE text;
--rollback ALTER TABLE jobs ALTER COLUMN tool_name TYPE varchar(100);
