--liquibase formatted sql

--changeset longhaul:9001-table
--comment level=9001 min-app=1 Several statements.
CREATE TABLE steps (id int PRIMARY KEY, step text);
CREATE TABLE more_steps (id int PRIMARY KEY);
INSERT INTO steps SELECT i, 'step ' || i FROM generate_series(1, 10) i;
--rollback DROP TABLE more_steps;
--rollback DROP TABLE steps;

--changeset longhaul:9001-index runInTransaction:false
--comment level=9001 min-app=1 What PostgreSQL does in no transaction.
DROP INDEX CONCURRENTLY IF EXISTS idx_steps_step;
CREATE INDEX CONCURRENTLY idx_steps_step ON steps (step);
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_steps_step;

--changeset longhaul:9001-type
--comment level=9001 min-app=1 What comes after it is one transaction again.
CREATE TYPE step_kind AS ENUM ('first', 'last');
ALTER TABLE steps ADD COLUMN kind step_kind;
--rollback ALTER TABLE steps DROP COLUMN kind;
--rollback DROP TYPE step_kind;
