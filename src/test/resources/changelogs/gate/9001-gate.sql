--liquibase formatted sql

--changeset longhaul:9001-before
--comment level=9001 min-app=1
CREATE TABLE steps (step text PRIMARY KEY);
--rollback DROP TABLE steps;

--changeset longhaul:9001-gate runInTransaction:false
--comment level=9001 min-app=1 Waits until the test opens the gate.
SELECT pg_advisory_lock_shared(4711);
SELECT pg_advisory_unlock_shared(4711);
--rollback empty

--changeset longhaul:9001-after
--comment level=9001 min-app=1
INSERT INTO steps VALUES ('after');
--rollback DELETE FROM steps;
