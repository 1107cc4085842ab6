-- Fills an empty, migrated database with ended jobs as a busy server leaves them: 30 days, 200 tools of which a few have most
-- jobs, 3 % failed and 1 % cancelled, params of 200 and results of 300 bytes (some of 8 KB, one of 10 MB), attempts before the
-- last, progress, logs (one job with a line for every ten jobs), the figures of minutes and hours, and pending jobs.
-- psql -v rows=10000000 -v keep=60 -f ten-million.sql; jobs expire :keep days after their end.
\set ON_ERROR_STOP on
\timing on
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '1GB';
SET client_min_messages = warning;

-- Indexes are made again in the end, from their own definitions: that takes minutes instead of an hour.
CREATE TABLE fill_indexes AS
SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'jobs' AND indexname <> 'jobs_pkey';
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
                WHERE schemaname = current_schema() AND tablename = 'jobs' AND indexname <> 'jobs_pkey'
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END $$;
ALTER TABLE jobs DROP CONSTRAINT jobs_pkey;

-- A tool's share of the jobs falls with its rank. The last two ran only long ago and hardly ever.
CREATE TABLE fill_tools AS
SELECT n, (ARRAY['align', 'assemble', 'call', 'cluster', 'convert', 'embed', 'export', 'fold', 'index', 'model'])[1 + n % 10]
          || '.' || (ARRAY['reads', 'genome', 'batch', 'report', 'image'])[1 + n % 5] || '-' || lpad(n::text, 3, '0') AS name,
       (10 ^ (1 + (n * 37) % 40 / 10.0))::int AS millis
FROM generate_series(1, 200) AS n;

CREATE PROCEDURE fill_jobs(rows bigint, keep int)
LANGUAGE plpgsql AS $$
DECLARE
    slice CONSTANT bigint := 250000;
    first bigint := 0;
    begun timestamptz := date_trunc('minute', NOW()) - INTERVAL '30 days';
    step interval := INTERVAL '30 days' / rows;
    names text[] := (SELECT array_agg(name::text ORDER BY n) FROM fill_tools);
    millis int[] := (SELECT array_agg(f.millis ORDER BY n) FROM fill_tools f);
    shares float8[] := (SELECT array_agg(part ORDER BY n) FROM (
        SELECT n, sum(1.0 / n) OVER (ORDER BY n) / sum(1.0 / n) OVER () AS part FROM generate_series(1, 198) AS n) z);
    kinds float8[] := (SELECT array_agg(part ORDER BY n) FROM (
        SELECT n, sum(1.0 / n) OVER (ORDER BY n) / sum(1.0 / n) OVER () AS part FROM generate_series(1, 400) AS n) z);
    words text[] := ARRAY['reads are shorter than the seed', 'connection to the licence server was refused', 'out of memory',
        'reference is not indexed', 'quality scores are missing', 'model has no such layer', 'disk quota exceeded', 'answer has no body'];
BEGIN
    PERFORM setseed(0.42);
    WHILE first < rows LOOP
        INSERT INTO jobs (id, tool_name, status, trace_id, parameters, result, error_code, error_message, failure, created_at, started_at,
                          completed_at, expires_at, priority, queue_seq, attempt, failures, max_attempts, idempotency_key, request_hash,
                          batch_id, principal, node_name, tool_version)
        SELECT gen_random_uuid(), names[tool], status, md5((i / 3)::text), params,
               CASE WHEN status = 'completed'
                    THEN jsonb_build_object('sample', sample, 'reads', i, 'mean', i / 7.0, 'n50', i % 9000, 'file', '/results/' || md5(i::text) || '.bam',
                             'checks', jsonb_build_array(jsonb_build_object('name', 'length', 'passed', true), jsonb_build_object('name', 'depth', 'passed', i % 5 > 0)),
                             'note', CASE WHEN i % 97 = 0 THEN (SELECT string_agg(md5((i + k)::text), ' ') FROM generate_series(1, 240) k) ELSE md5((i + 1)::text) END) END,
               CASE status WHEN 'failed' THEN (ARRAY['TOOL_FAILED', 'TOOL_FAILED', 'TOOL_TIMEOUT', 'TOOL_FAILED', 'WORKER_LOST'])[1 + kind % 5]
                           WHEN 'cancelled' THEN 'CANCELLED' END,
               CASE status WHEN 'failed' THEN 'Step ' || kind || ' of ' || sample || ' failed after ' || i % 1000 || ' reads: ' || words[1 + kind % 8] || ' (' || md5(i::text) || ')'
                           WHEN 'cancelled' THEN 'The job was cancelled.' END,
               CASE WHEN status = 'failed' THEN left(md5('kind ' || kind), 16) END,
               created, created + wait, created + wait + run, created + wait + run + make_interval(days => keep), (i % 11 = 0)::int * 5, i,
               CASE WHEN status = 'failed' THEN 3 WHEN i % 50 = 0 THEN 2 ELSE 1 END, CASE WHEN status = 'failed' THEN 3 WHEN i % 50 = 0 THEN 1 ELSE 0 END,
               3, CASE WHEN i % 5 = 0 THEN 'key-' || i END, CASE WHEN i % 5 = 0 THEN decode(md5(i::text), 'hex') END,
               CASE WHEN i % 1000 < 100 THEN md5('batch ' || i / 1000)::uuid END, 'team-' || lpad((i % 50)::text, 2, '0'), 'node-' || i % 4, '1.' || i / 1000000
        FROM (
            SELECT i, tool, kind, 'S-' || lpad((i % 100000)::text, 6, '0') AS sample, begun + i * step AS created,
                   CASE WHEN fate < 0.03 THEN 'failed' WHEN fate < 0.04 THEN 'cancelled' ELSE 'completed' END::jobstatus AS status,
                   make_interval(secs => 0.005 - ln(1 - chance) * 2) AS wait, make_interval(secs => millis[tool] * (0.5 + chance) / 1000.0) AS run,
                   jsonb_build_object('sample', 'S-' || lpad((i % 100000)::text, 6, '0'), 'path', '/data/run-' || i / 10000 || '/' || md5(i::text) || '.fastq.gz',
                       'model', (ARRAY['small', 'medium', 'large', 'huge'])[1 + i % 4], 'threads', i % 16, 'options', jsonb_build_object('depth', i % 30, 'trim', i % 2 = 0)) AS params
            FROM (
                SELECT i, CASE WHEN i < rows / 3 AND i % (rows / 9 + 1) = 7 THEN 199 WHEN i < rows / 3 AND i % 100 = 7 THEN 200
                               ELSE LEAST(198, 1 + width_bucket(random(), shares)) END AS tool,
                       LEAST(400, 1 + width_bucket(random(), kinds)) AS kind, random() AS fate, random() AS chance
                FROM generate_series(first, LEAST(first + slice, rows) - 1) AS i
                OFFSET 0
            ) drawn
            OFFSET 0
        ) job;
        COMMIT;
        first := first + slice;
        RAISE WARNING '% jobs', LEAST(first, rows);
    END LOOP;
END $$;
CALL fill_jobs(:rows, :keep);

-- Pending jobs: most are due, some wait for a time, and one tool has most of them.
INSERT INTO jobs (tool_name, trace_id, parameters, created_at, expires_at, run_at, delayed, max_attempts, principal)
SELECT f.name, md5('pending ' || i), jsonb_build_object('sample', 'S-' || i, 'model', 'large'), NOW() - i * INTERVAL '1 s', NOW() + INTERVAL '60 days',
       CASE WHEN i % 10 = 0 THEN NOW() + INTERVAL '1 day' END, i % 10 = 0, 3, 'team-' || lpad((i % 50)::text, 2, '0')
FROM generate_series(1, 4000) AS i JOIN fill_tools f ON f.n = CASE WHEN i % 2 = 0 THEN 3 ELSE 1 + i % 20 END;

-- The job with a result of 10 MB is the newest completed one, and the one with the long log the newest that failed.
UPDATE jobs SET result = (SELECT jsonb_build_object('rows', jsonb_agg(jsonb_build_object('name', md5(k::text), 'mean', k / 7.0, 'count', k))) FROM generate_series(1, 120000) AS k)
WHERE id = (SELECT id FROM jobs WHERE status = 'completed' ORDER BY created_at DESC LIMIT 1);

ALTER TABLE jobs ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);
SELECT indexdef FROM fill_indexes \gexec

INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)
SELECT j.id, a, 'node-' || a, j.started_at - (j.attempt - a) * INTERVAL '10 s', j.started_at - (j.attempt - a) * INTERVAL '10 s' + INTERVAL '5 s', 'TOOL_FAILED',
       'Step 3 failed: connection to the licence server was refused'
FROM jobs j CROSS JOIN LATERAL generate_series(1, j.attempt - 1) AS a
WHERE j.attempt > 1;

INSERT INTO job_progress (job_id, fraction, message, updated_at)
SELECT id, 1, 'done', completed_at FROM jobs WHERE completed_at IS NOT NULL AND queue_seq % 20 = 0;

INSERT INTO job_logs (job_id, attempt, logged_at, line)
SELECT j.id, 1, j.started_at + n * INTERVAL '1 s', 'step ' || n || ' of ' || j.trace_id
FROM jobs j CROSS JOIN generate_series(1, 5) AS n
WHERE j.started_at IS NOT NULL AND j.queue_seq % 100 = 0;

INSERT INTO job_logs (job_id, attempt, logged_at, line)
SELECT j.id, 1 + n * 3 / (:rows / 10 + 1), j.started_at + n * INTERVAL '1 ms',
       CASE WHEN n % 50000 = 0 THEN 'ERROR: read ' || n || ' has no quality' ELSE 'read ' || n || ' of ' || md5(n::text) || ' aligned with score ' || n % 60 END
FROM (SELECT id, started_at FROM jobs WHERE status = 'failed' ORDER BY created_at DESC LIMIT 1) j CROSS JOIN generate_series(1, :rows / 10) AS n
ORDER BY n;

-- The figures as the server computes them, a day at a time.
CREATE PROCEDURE fill_stats()
LANGUAGE plpgsql AS $$
DECLARE
    bounds bigint[] := ARRAY[1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000, 3000000, 10000000, 30000000, 100000000, 300000000, 1000000000];
    day timestamptz := date_trunc('hour', NOW()) - INTERVAL '30 days';
    counts text := (SELECT string_agg(format('count(*) FILTER (WHERE %%1$s = %s)', n), ', ' ORDER BY n) FROM generate_series(0, 19) AS n);
    sums text := (SELECT string_agg(format('COALESCE(sum(%%1$s[%s]), 0)', n), ', ' ORDER BY n) FROM generate_series(1, 20) AS n);
BEGIN
    WHILE day < NOW() LOOP
        EXECUTE format(
            'INSERT INTO job_stats (minute, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs) '
            'SELECT date_trunc(''minute'', completed_at), tool_name, count(*), count(*) FILTER (WHERE status = ''completed''), '
            'count(*) FILTER (WHERE status = ''failed''), count(*) FILTER (WHERE status = ''cancelled''), sum(wait), sum(run), ARRAY[%s], ARRAY[%s] '
            'FROM (SELECT *, width_bucket(wait - 1, $3) AS waited, width_bucket(run - 1, $3) AS ran '
            'FROM (SELECT completed_at, tool_name, status, (EXTRACT(EPOCH FROM started_at - created_at) * 1000)::bigint AS wait, '
            '(EXTRACT(EPOCH FROM completed_at - started_at) * 1000)::bigint AS run FROM jobs WHERE completed_at >= $1 AND completed_at < $2 OFFSET 0) t) e '
            'GROUP BY 1, 2', format(counts, 'waited'), format(counts, 'ran'))
        USING day, LEAST(day + INTERVAL '1 day', date_trunc('minute', NOW())), bounds;
        EXECUTE format(
            'INSERT INTO job_stats_hours SELECT date_trunc(''hour'', minute), tool_name, sum(submitted), sum(completed), sum(failed), sum(cancelled), sum(wait_ms), sum(run_ms), '
            'ARRAY[%s]::bigint[], ARRAY[%s]::bigint[] FROM job_stats WHERE minute >= $1 AND minute < $2 GROUP BY 1, 2',
            format(sums, 'waits'), format(sums, 'runs'))
        USING day, day + INTERVAL '1 day';
        COMMIT;
        day := day + INTERVAL '1 day';
    END LOOP;
    INSERT INTO job_stats (minute, tool_name) VALUES (date_trunc('minute', NOW()) - INTERVAL '1 min', '');
END $$;
CALL fill_stats();

SELECT setval('job_queue_seq', (SELECT max(queue_seq) FROM jobs));
DROP PROCEDURE fill_stats;
DROP PROCEDURE fill_jobs;
DROP TABLE fill_tools;
DROP TABLE fill_indexes;
VACUUM (ANALYZE);
