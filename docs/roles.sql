-- Two roles: longhaul_owner owns the schema and runs `db`, longhaul_app is what servers log in as and can change rows
-- only. Run once as a superuser, in the database of Longhaul, before the first `db migrate`:
--   psql -v owner_password=... -v app_password=... -d longhaul -f roles.sql
-- Then DATABASE_USER=longhaul_app, DATABASE_MIGRATION_USER=longhaul_owner, each with its password.
-- For a schema that is there already, run the last part by itself, and hand over its tables with
--   REASSIGN OWNED BY <the role that made them> TO longhaul_owner;
CREATE ROLE longhaul_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE longhaul_app LOGIN PASSWORD :'app_password';

-- Rollbacks move rows into a schema of their own, which the owner makes.
SELECT format('GRANT CREATE ON DATABASE %I TO longhaul_owner', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO longhaul_app', current_database()) \gexec

-- Before PostgreSQL 15 everybody may create tables in public, where they could stand in the way of ours.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO longhaul_owner;
GRANT USAGE ON SCHEMA public TO longhaul_app;

-- What the owner makes from now on; each migration's tables need nothing more.
ALTER DEFAULT PRIVILEGES FOR ROLE longhaul_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO longhaul_app;
ALTER DEFAULT PRIVILEGES FOR ROLE longhaul_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO longhaul_app;

-- What is there already.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO longhaul_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO longhaul_app;
