--liquibase formatted sql

--changeset longhaul:9001-index runInTransaction:false
--comment level=9001 min-app=1 How every index on a table in use is built: what a killed build left goes first.
DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_note;
CREATE INDEX CONCURRENTLY idx_jobs_note ON jobs (trace_id, tool_name);
--rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_note;
