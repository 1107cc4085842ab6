-- Makes two roles: longhaul_owner owns the schema and runs `db`; servers log in as longhaul_app, which can only change
-- rows. Run this once as a superuser, in the database of Longhaul, before the first `db migrate`
-- (`java -jar app.jar db roles > roles.sql` writes this file):
--   psql -v owner_password=... -v app_password=... -d longhaul -f roles.sql
-- Then set DATABASE_USER=longhaul_app and DATABASE_MIGRATION_USER=longhaul_owner, each with its password.
-- Roles that exist already keep their passwords: so a second database of the same server takes this file, too.
-- For a schema that already exists, run this all the same; `schema adopt` then prints the statements that hand its tables
-- over to longhaul_owner.

-- Without a password nothing is done, and the first error undoes everything.
\set ON_ERROR_STOP on
\set VERBOSITY terse
\if :{?owner_password}
\else
    \set owner_password ''
\endif
\if :{?app_password}
\else
    \set app_password ''
\endif
SELECT format('DO $do$BEGIN RAISE EXCEPTION %L; END$do$', 'no value for ' || missing
    || ': call psql -v owner_password=... -v app_password=... -d longhaul -f roles.sql')
FROM (SELECT concat_ws(' and ', CASE WHEN :'owner_password' = '' THEN 'owner_password' END,
                       CASE WHEN :'app_password' = '' THEN 'app_password' END) AS missing) passwords
WHERE missing <> '' \gexec

BEGIN;
SELECT format('CREATE ROLE longhaul_owner LOGIN PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'longhaul_owner') \gexec
SELECT format('CREATE ROLE longhaul_app LOGIN PASSWORD %L', :'app_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'longhaul_app') \gexec

-- Rollbacks move rows into a schema of their own, which the owner makes.
SELECT format('GRANT CREATE ON DATABASE %I TO longhaul_owner', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO longhaul_app', current_database()) \gexec

-- Before PostgreSQL 15 every role may create tables in public, where they could stand in the way of Longhaul's.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO longhaul_owner;
GRANT USAGE ON SCHEMA public TO longhaul_app;

-- Without it PostgreSQL hides which session keeps a transaction open, or stands in the way of a migration. It shows the
-- statements of all roles of this server, but no rows; whoever may not grant it gets a warning.
DO $do$BEGIN GRANT pg_read_all_stats TO longhaul_owner, longhaul_app; EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'not done: GRANT pg_read_all_stats TO longhaul_owner, longhaul_app'; END$do$;

-- Rights on the tables and sequences that the owner will make; so a migration needs no further grants.
ALTER DEFAULT PRIVILEGES FOR ROLE longhaul_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO longhaul_app;
ALTER DEFAULT PRIVILEGES FOR ROLE longhaul_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO longhaul_app;

-- Rights on the tables and sequences that already exist.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO longhaul_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO longhaul_app;
COMMIT;
