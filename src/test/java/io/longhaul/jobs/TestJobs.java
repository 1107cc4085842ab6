package io.longhaul.jobs;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.longhaul.database.DatabaseConfiguration;
import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.intake.NewJob;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobInserts;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The jobs of a test's database: makes them, runs their statements one at a time and reads them. It uses the workers'
 * own pool with its settings. Register it after the database; each test begins without jobs.
 */
public final class TestJobs implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    /** The tool of jobs in tests where the tool does not matter. */
    public static final String TOOL = "echo";

    private static final OffsetDateTime BEGINNING = OffsetDateTime.parse("2000-01-01T00:00:00Z");

    private final TestDatabase database;
    private ManagedDataSource pool;
    private Jdbi jdbi;

    private TestJobs(TestDatabase database) {
        this.database = database;
    }

    public static TestJobs in(TestDatabase database) {
        return new TestJobs(database);
    }

    /** For a test without a database of its own; needs no registration. */
    public static TestJobs on(Jdbi jdbi) {
        TestJobs jobs = new TestJobs(null);
        jobs.jdbi = jdbi;
        return jobs;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        pool = workersPool(database, "test-jobs");
        pool.start();
        jdbi = TestDatabase.jdbi(pool::getConnection);
    }

    /** The pool that a server's workers use; not started. */
    public static ManagedDataSource workersPool(TestDatabase database, String name) {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setUrl(database.jdbcUrl());
        configuration.setProperties(Map.of("ApplicationName", name));
        configuration.setUser(database.user());
        configuration.setPassword(database.password());
        return configuration.buildForWorkers(new MetricRegistry());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        update(
                "TRUNCATE jobs, job_leases, nodes, job_attempts, job_progress, job_logs, job_batches, job_dependencies, job_predecessors, tool_pauses,"
                        + " tool_limits, schedules, housekeepers, quarantined_rows, webhooks, webhook_deliveries, webhook_attempts");
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        pool.stop();
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    public JobTransitions transitions() {
        return jdbi.onDemand(JobTransitions.class);
    }

    NodeLeases nodes() {
        return jdbi.onDemand(NodeLeases.class);
    }

    public JobQueries queries() {
        return jdbi.onDemand(JobQueries.class);
    }

    JobReports reports() {
        return jdbi.onDemand(JobReports.class);
    }

    /** A plain submission of {@link #TOOL}. */
    public static Submission submission() {
        return submission(TOOL);
    }

    /** The members of a submission, set by name; the others are those of a plain one. */
    public static final class Draft {
        public String tool = TOOL;
        public String params = "{}";
        public String traceId = "trace";
        public Duration ttl = Duration.ofHours(24);
        public int priority;
        public Instant runAt;
        public Integer maxAttempts;
        public Duration timeout;
        public String idempotencyKey;
        public JobExtras extras = JobExtras.NONE;
    }

    /** A plain submission with some members set. */
    public static Submission submission(Consumer<Draft> change) {
        Draft s = new Draft();
        change.accept(s);
        return new Submission(
                s.tool,
                s.params,
                s.traceId,
                s.ttl,
                s.priority,
                s.runAt,
                s.maxAttempts,
                s.timeout,
                s.idempotencyKey,
                s.extras);
    }

    public static Submission submission(String tool) {
        return submission(s -> s.tool = tool);
    }

    public static Submission withPriority(String tool, int priority) {
        return submission(s -> {
            s.tool = tool;
            s.priority = priority;
        });
    }

    public static Submission withParams(String tool, String params) {
        return submission(s -> {
            s.tool = tool;
            s.params = params;
        });
    }

    public static Submission withTtl(Duration ttl) {
        return submission(s -> s.ttl = ttl);
    }

    public static Submission withKey(String params, String key) {
        return submission(s -> {
            s.params = params;
            s.idempotencyKey = key;
        });
    }

    /** A submission with a concurrency key, a fairness key, both or neither (null). */
    public static Submission withKeys(String tool, int priority, Instant runAt, String concurrency, String fairness) {
        JobExtras extras = JobExtras.of(e -> {
            e.concurrencyKey = concurrency;
            e.fairnessKey = fairness;
        });
        return submission(s -> {
            s.tool = tool;
            s.priority = priority;
            s.runAt = runAt;
            s.extras = extras;
        });
    }

    /** A submission of {@link #TOOL} with a concurrency key. */
    public static Submission keyed(String key) {
        return withKeys(TOOL, 0, null, key, null);
    }

    /** A submission of {@link #TOOL} with a fairness key. */
    public static Submission fair(String key) {
        return withKeys(TOOL, 0, null, null, key);
    }

    public UUID pending() {
        return enqueue(submission());
    }

    public UUID pending(String tool) {
        return enqueue(submission(tool));
    }

    /** Stores a job and returns its id. */
    public UUID enqueue(Submission submission) {
        return accept(submission).id();
    }

    public Job accept(Submission s) {
        NewJob job = NewJob.of(s);
        String runAt = s.runAt() == null ? null : s.runAt().toString();
        Integer timeout = s.timeout() == null ? null : (int) s.timeout().toSeconds();
        List<JobInserts.Accepted> rows = transitions()
                .enqueue(
                        new UUID[] {job.id()},
                        new String[] {s.tool()},
                        new String[] {s.traceId()},
                        new String[] {s.params()},
                        new Integer[] {s.priority()},
                        new String[] {runAt},
                        new Integer[] {s.maxAttempts()},
                        new Integer[] {timeout},
                        new Integer[] {(int) s.ttl().toSeconds()},
                        new String[] {s.idempotencyKey()},
                        new String[] {job.hash()},
                        new String[] {s.extras().json()},
                        s.extras().batchId());
        return job.accepted(rows.get(0));
    }

    /** A submission whose job must begin in a time. */
    public static Submission startingWithin(Duration limit) {
        return submission(s -> s.extras = JobExtras.of(e -> e.startWithinSeconds = (int) limit.toSeconds()));
    }

    /** Lets the time pass in which the jobs had to begin that have not ended; they get such a limit if they have none. */
    public void lateToStart() {
        update("UPDATE jobs SET start_within_seconds = COALESCE(start_within_seconds, 60),"
                + " expires_at = NOW() - INTERVAL '1 h' WHERE status IN ('pending', 'running')");
    }

    /** Stores jobs of a tool in one statement. */
    public void pendingMany(String tool, int count) {
        update(
                "INSERT INTO jobs (tool_name, trace_id, parameters, ttl_seconds, expires_at)"
                        + " SELECT ?, 'trace', jsonb_build_object('n', n), 86400, NOW() + INTERVAL '1 day'"
                        + " FROM generate_series(1, ?) n",
                tool,
                count);
    }

    /** A node whose lease lasts longer than any test. */
    public long liveNode() {
        return nodes().register("live", "test", Duration.ofMinutes(10).toMillis())
                .id();
    }

    /** A registered node, with its start. */
    public NodeLeases.Run run(long node) {
        return jdbi.withHandle(h -> h.createQuery("SELECT id, started_at FROM nodes WHERE id = ?")
                .bind(0, node)
                .map(ConstructorMapper.of(NodeLeases.Run.class))
                .one());
    }

    /** Lets a node's lease lapse, like that of a killed node. */
    public void kill(long node) {
        update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s' WHERE id = ?", node);
    }

    /** Lets the leases of all nodes lapse and rescues their jobs, in one transaction: no node renews or rescues between. */
    public List<UUID> rescueFromAllNodes() {
        return jdbi.inTransaction(handle -> {
            handle.execute("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s'");
            return handle.attach(JobTransitions.class).rescue(10, null);
        });
    }

    /** Leases the next job of {@link #TOOL}. */
    public Lease claim(long node) {
        return claim(node, 3);
    }

    public Lease claim(long node, int maxLosses) {
        List<ClaimedJob> jobs = claim(node, maxLosses, 1, TOOL);
        return jobs.get(0).lease();
    }

    public List<ClaimedJob> claim(long node, int maxLosses, int limit, String... tools) {
        Integer[] losses = new Integer[tools.length];
        Integer[] free = new Integer[tools.length];
        Arrays.fill(losses, maxLosses);
        Arrays.fill(free, limit);
        return transitions().claim(node, tools, losses, free, limit, Long.MAX_VALUE, new UUID[0]);
    }

    /** Makes a job of {@link #TOOL} and leases it to a new node. */
    public Lease leased() {
        pending();
        return claim(liveNode());
    }

    /** Completes a job; false if the lease is lost. */
    public boolean end(Lease lease, String result) {
        return complete(lease, result);
    }

    public boolean complete(Lease lease, String result) {
        return complete(transitions(), lease, result);
    }

    public static boolean complete(JobTransitions transitions, Lease lease, String result) {
        return !transitions
                .complete(ids(lease), attempts(lease), nodes(lease), new String[] {result})
                .isEmpty();
    }

    public boolean fail(Lease lease) {
        return end(transitions(), lease, null);
    }

    public boolean retryLater(Lease lease, long delayMillis) {
        return end(transitions(), lease, delayMillis);
    }

    static boolean end(JobTransitions transitions, Lease lease, Long delayMillis) {
        return !transitions
                .failOrRetry(
                        ids(lease),
                        attempts(lease),
                        nodes(lease),
                        new String[] {"TOOL_ERROR"},
                        new String[] {"it broke"},
                        new Long[] {delayMillis})
                .isEmpty();
    }

    public boolean giveBack(Lease lease) {
        return !transitions()
                .giveBack(ids(lease), attempts(lease), nodes(lease))
                .isEmpty();
    }

    /** Ends an attempt whose outcome cannot be stored. */
    public boolean loseOutcome(Lease lease) {
        return !transitions()
                .loseOutcomes(ids(lease), attempts(lease), nodes(lease))
                .isEmpty();
    }

    public int deleteExpired(int limit) {
        return deleteExpired(transitions(), limit);
    }

    static int deleteExpired(JobTransitions transitions, int limit) {
        return transitions.deleteExpired(limit, BEGINNING, null).jobs();
    }

    /** On a node without tools. */
    public List<UUID> rescueUnleased(int limit) {
        return transitions().rescueUnleased(limit, null, new String[0], new Integer[0]);
    }

    public boolean showRunning(Lease lease) {
        return transitions().showRunning(ids(lease), attempts(lease), nodes(lease)) == 1;
    }

    public boolean report(Lease lease, Double fraction, String message) {
        return reports().progress(ids(lease), attempts(lease), nodes(lease), new Double[] {fraction}, new String[] {
                    message
                })
                == 1;
    }

    public boolean log(Lease lease, String line) {
        String[] now = {Instant.now().toString()};
        return reports().log(ids(lease), attempts(lease), nodes(lease), now, new String[] {line}) == 1;
    }

    public boolean isLost(Lease lease) {
        return !nodes().lost(ids(lease), attempts(lease), nodes(lease)).isEmpty();
    }

    public Cancellation.Answer cancel(UUID id) {
        return new Cancellation(jdbi).cancel(id).orElseThrow();
    }

    public static UUID[] ids(Lease lease) {
        return new UUID[] {lease.jobId()};
    }

    public static Integer[] attempts(Lease lease) {
        return new Integer[] {lease.attempt()};
    }

    public static Long[] nodes(Lease lease) {
        return new Long[] {lease.nodeId()};
    }

    /** The job as readers see it. */
    public Job job(UUID id) {
        return queries().find(id).orElseThrow();
    }

    /** The job after its end. */
    public Job awaitEnd(UUID id) {
        Await.until("job " + id + " has ended", () -> job(id).status().isFinal());
        return job(id);
    }

    /** A column of the row, without regard to the lease. */
    public <T> T stored(UUID id, String expression, Class<T> type) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT " + expression + " FROM jobs WHERE id = :id")
                .bind("id", id)
                .mapTo(type)
                .one());
    }

    public boolean isLeased(UUID id) {
        return count("SELECT count(*) FROM job_leases WHERE job_id = ?", id) > 0;
    }

    public long count(String sql, Object... values) {
        return jdbi.withHandle(
                handle -> handle.select(sql, values).mapTo(Long.class).one());
    }

    public int update(String sql, Object... values) {
        return jdbi.withHandle(handle -> handle.execute(sql, values));
    }

    /**
     * Lets a trigger, as a user may have it, refuse updates of rows meanwhile.
     *
     * @param table of the rows
     * @param when a condition on OLD and NEW
     */
    public void refusing(String table, String when, Runnable meanwhile) {
        update("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''not this one''; END'");
        update("CREATE TRIGGER refused BEFORE UPDATE ON " + table + " FOR EACH ROW WHEN (" + when
                + ") EXECUTE FUNCTION refuse()");
        try {
            meanwhile.run();
        } finally {
            update("DROP FUNCTION refuse CASCADE");
        }
    }

    /** Refuses updates of a job meanwhile. */
    public void refusing(UUID job, Runnable meanwhile) {
        refusing("jobs", "OLD.id = '" + job + "'", meanwhile);
    }

    /** Ends the time for which refused rows are set aside. */
    public void retryRefused() {
        update("UPDATE quarantined_rows SET until = NOW() - INTERVAL '1 s'");
    }

    /** Deadlocks that PostgreSQL has found in this database. */
    public long deadlocks() {
        return count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }
}
