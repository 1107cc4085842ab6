--liquibase formatted sql

--changeset longhaul:9001-column
--comment level=9001 min-app=1 Needs a lock that a reader in an open transaction withholds.
ALTER TABLE jobs ADD COLUMN note text;
--rollback ALTER TABLE jobs DROP COLUMN note;
