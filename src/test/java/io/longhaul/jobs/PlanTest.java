package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.jobs.sql.BulkTransitions;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.FailureQueries;
import io.longhaul.jobs.sql.FairQueue;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.KeyGate;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.jobs.sql.QueueFigures;
import io.longhaul.jobs.sql.RateAndConcurrencyClaims;
import io.longhaul.jobs.sql.WaitingQueries;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plans of the engine's statements on a long history. Each must use the index made for it, with and without
 * statistics, planned for given values and for any. The test uses the workers' own pool, whose settings affect plans.
 */
class PlanTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** The plans of all statements in one of the four situations. */
    private record Situation(boolean analyzed, String planCacheMode, Map<String, JsonNode> plans) {
        @Override
        public String toString() {
            return (analyzed ? "analyzed, " : "never analyzed, ") + planCacheMode;
        }
    }

    /** A node of a plan that reads a table. */
    private record Scan(String table, String type, String index, String condition) {}

    private static final List<Situation> SITUATIONS = new ArrayList<>();

    /** Plans that were made before the first job: a connection may keep them until an analysis. */
    private static Situation early;

    /** Plans that were made when all jobs had ended, while an older transaction still saw their leases. */
    private static Situation drained;

    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("ids", "'{00000000-0000-0000-0000-000000000001}'"),
            Map.entry("id", "'00000000-0000-0000-0000-000000000001'"),
            Map.entry("attempts", "'{1}'"),
            Map.entry("nodes", "'{1}'"),
            Map.entry("results", "'{1}'"),
            Map.entry("codes", "'{TOOL_ERROR}'"),
            Map.entry("messages", "'{broke}'"),
            Map.entry("delays", "'{1000}'"),
            Map.entry("nodeId", "1"),
            Map.entry("tools", "'{echo,other}'"),
            Map.entry("maxLosses", "'{3,3}'"),
            Map.entry("free", "'{16,16}'"),
            Map.entry("limit", "16"),
            Map.entry("bytes", "1000000"),
            Map.entry("queues", "'{echo,other}'"),
            Map.entry("floors", "'{7,7}'"),
            Map.entry("priorities", "'{0,0}'"),
            Map.entry("keys", "'{k,l}'"),
            Map.entry("limits", "'{2,2}'"),
            Map.entry("most", "2"),
            Map.entry("perSecond", "5.0"),
            Map.entry("burst", "10"),
            Map.entry("tell", "FALSE"),
            Map.entry("after", "''"),
            Map.entry("tool", "'echo'"),
            Map.entry("all", "FALSE"),
            Map.entry("from", "'2000-01-01'"),
            Map.entry("versions", "'{1}'"),
            Map.entry("jobs", "'{00000000-0000-0000-0000-000000000001}'"),
            Map.entry("afters", "'{00000000-0000-0000-0000-000000000002}'"),
            Map.entry("params", "'{1}'"),
            Map.entry("statuses", "'{failed}'"),
            Map.entry("only", "NULL"),
            Map.entry("principal", "'eve'"),
            Map.entry("key", "'k'"),
            Map.entry("priority", "0"),
            Map.entry("place", "7"),
            Map.entry("leases", "100"),
            Map.entry("since", "'2000-01-01'"),
            Map.entry("until", "'2100-01-01'"),
            Map.entry("step", "3600.0"),
            Map.entry("counted", "100000"),
            Map.entry("groups", "51"),
            Map.entry("failures", "'{0123456789abcdef}'"),
            Map.entry("counts", "'{30}'"),
            Map.entry("error", "'broke'"));

    private static final List<Class<?>> ALL = List.of(
            JobTransitions.class,
            KeyGate.class,
            FairQueue.class,
            QueueDepth.class,
            QueueFigures.class,
            RateAndConcurrencyClaims.class,
            PendingWork.class,
            WaitingQueries.class);

    /** Other statements that read jobs by their ids. */
    private static final Map<Class<?>, Set<String>> SOME = Map.of(
            BatchTransitions.class, Set.of("end"),
            BulkTransitions.class, Set.of("lock", "cancel"),
            ChainTransitions.class,
                    Set.of("endedAndAwaited", "lockWaiting", "release", "end", "forgetEnded", "params", "result"),
            NodeLeases.class, Set.of("lost"),
            JobQueries.class, Set.of("ended"),
            FailureQueries.class, Set.of("counted", "countedWith", "samples"));

    @BeforeAll
    static void explainAll() {
        early = new Situation(false, "empty", JOBS.jdbi().withHandle(h -> explainAll(h, "force_generic_plan")));
        fill();
        for (boolean analyzed : new boolean[] {false, true}) {
            if (analyzed) {
                JOBS.update("ANALYZE jobs, job_leases, job_inputs, nodes");
            }
            for (String mode : List.of("force_custom_plan", "force_generic_plan")) {
                SITUATIONS.add(new Situation(analyzed, mode, JOBS.jdbi().withHandle(h -> explainAll(h, mode))));
            }
        }
        drained = new Situation(true, "drained", explainDrained());
    }

    private static Map<String, JsonNode> explainDrained() {
        JOBS.update("INSERT INTO job_leases SELECT gen_random_uuid(), 1, 1, NOW(), 3 FROM generate_series(1, 20000)");
        JOBS.update("DELETE FROM job_leases");
        JOBS.update("UPDATE jobs SET status = 'completed', completed_at = NOW() WHERE status = 'pending'");
        JOBS.update("ANALYZE jobs, job_leases");
        return JOBS.jdbi().withHandle(h -> explainAll(h, "force_generic_plan"));
    }

    private static void fill() {
        JOBS.update("ALTER TABLE jobs SET (autovacuum_enabled = false)");
        JOBS.update("ALTER TABLE job_leases SET (autovacuum_enabled = false)");
        // In parts, because the workers' pool cancels a statement after ten seconds.
        for (int part = 0; part < 10; part++) {
            addHistory(20_000);
        }
        JOBS.update("""
                INSERT INTO job_inputs (job_id, key, attempt, request, expires_at)
                SELECT id, 'approve', 1, '{}', NOW()
                FROM jobs
                LIMIT 20000
                """);
        JOBS.update("""
                INSERT INTO jobs (tool_name, status, trace_id, parameters, error_code, error_message, failure, created_at,
                                  completed_at, expires_at)
                SELECT 'echo', 'failed', 'trace', '{}', 'TOOL_ERROR', 'it broke', left(md5((n % 50)::text), 16), NOW(), NOW(), NOW()
                FROM generate_series(1, 2000) n
                """);
        JOBS.pendingMany("echo", 5_000);
        JOBS.update("UPDATE jobs SET batch_id = md5((queue_seq / 1000)::text)::uuid WHERE status = 'pending'");
        JOBS.update("INSERT INTO job_leases SELECT id, 1, 1, NOW(), 3 FROM jobs WHERE status = 'pending' LIMIT 200");
    }

    private static void addHistory(int jobs) {
        JOBS.update("""
                INSERT INTO jobs (tool_name, status, trace_id, parameters, result, attempt, ttl_seconds, created_at,
                                  started_at, completed_at, expires_at)
                SELECT 'echo', 'completed', 'trace', '{}', '1', 1, 86400, NOW(), NOW(), NOW(), NOW() + n * INTERVAL '1 s'
                FROM generate_series(1, ?) n
                """, jobs);
    }

    private static Map<String, JsonNode> explainAll(Handle handle, String mode) {
        handle.execute("SET plan_cache_mode = " + mode);
        Stream<Method> all = ALL.stream().flatMap(statements -> Arrays.stream(statements.getMethods()));
        Stream<Method> some = SOME.entrySet().stream()
                .flatMap(e -> Arrays.stream(e.getKey().getMethods())
                        .filter(method -> e.getValue().contains(method.getName())));
        return Stream.concat(all, some)
                .filter(method -> !method.getName().startsWith("enqueue"))
                .filter(method ->
                        method.isAnnotationPresent(SqlQuery.class) || method.isAnnotationPresent(SqlUpdate.class))
                .collect(Collectors.toMap(PlanTest::name, method -> explain(handle, method)));
    }

    /** A value that is an array for many tools is a single number for a limited one. */
    private static String value(Method method, String parameter) {
        String value = VALUES.get(parameter);
        boolean one = method.getDeclaringClass() == RateAndConcurrencyClaims.class
                && method.getName().equals("claim");
        return one ? value.replaceAll("^'\\{(\\d+),.*", "$1") : value;
    }

    /** Distinguishes methods that have the same name in several interfaces. */
    private static String name(Method method) {
        if (method.getDeclaringClass() == RateAndConcurrencyClaims.class) {
            return "limited " + method.getName();
        }
        if (method.getDeclaringClass() == BatchTransitions.class) {
            return "batch " + method.getName();
        }
        return method.getDeclaringClass() == BulkTransitions.class ? "many " + method.getName() : method.getName();
    }

    private static JsonNode explain(Handle handle, Method method) {
        Set<String> names = new LinkedHashSet<>();
        Matcher named = Pattern.compile("(?<!:):([a-zA-Z]+)").matcher(sql(method));
        String numbered = named.replaceAll(name -> {
            names.add(name.group(1));
            // The driver declares this parameter as a UUID.
            String type = name.group(1).equals("id") ? "::uuid" : "";
            return "\\$" + (List.copyOf(names).indexOf(name.group(1)) + 1) + type;
        });
        String values = names.stream().map(one -> value(method, one)).collect(Collectors.joining(", "));
        // Not through the driver's prepared statements: its EXPLAIN would always plan for the given values.
        try (java.sql.Statement statement = handle.getConnection().createStatement()) {
            statement.execute("PREPARE explained AS " + numbered);
            try (java.sql.ResultSet plan = statement.executeQuery(
                    "EXPLAIN (FORMAT JSON) EXECUTE explained" + (values.isEmpty() ? "" : "(" + values + ")"))) {
                plan.next();
                return JSON.readTree(plan.getString(1));
            } finally {
                statement.execute("DEALLOCATE explained");
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(method.getName(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sql(Method method) {
        SqlQuery query = method.getAnnotation(SqlQuery.class);
        return query != null
                ? query.value()
                : method.getAnnotation(SqlUpdate.class).value();
    }

    static List<Situation> situations() {
        return SITUATIONS;
    }

    private static List<Scan> scans(Situation situation, String statement, String table) {
        List<Scan> scans = new ArrayList<>();
        collect(situation.plans().get(statement), scans);
        return scans.stream().filter(scan -> scan.table().equals(table)).toList();
    }

    private static void collect(JsonNode node, List<Scan> into) {
        String type = node.path("Node Type").asText();
        if (node.has("Relation Name") && type.endsWith("Scan")) {
            into.add(new Scan(
                    node.get("Relation Name").asText(),
                    type,
                    node.path("Index Name").asText(),
                    node.path("Index Cond").asText()));
        }
        node.forEach(child -> collect(child, into));
    }

    private static void readsJobsOnlyByKey(Situation situation, String statement) {
        List<Scan> scans = scans(situation, statement, "jobs");
        assertThat(scans).isNotEmpty().allSatisfy(scan -> {
            assertThat(scan.index()).isEqualTo("jobs_pkey");
            assertThat(scan.condition()).contains("id = ");
        });
    }

    private static void readsJobs(Situation situation, String statement, String index, String condition) {
        assertThat(scans(situation, statement, "jobs"))
                .isNotEmpty()
                .anySatisfy(scan -> {
                    assertThat(scan.index()).isEqualTo(index);
                    assertThat(scan.condition()).contains(condition);
                })
                .allSatisfy(scan -> {
                    assertThat(scan.type()).startsWith("Index");
                    assertThat(scan.index()).isIn(index, "jobs_pkey");
                    assertThat(scan.condition()).isNotEmpty();
                });
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aClaimReadsTheHeadOfTheQueue(Situation situation) {
        assertThat(scans(situation, "claim", "jobs")).hasSize(2).allSatisfy(scan -> {
            assertThat(scan.index()).isEqualTo("idx_jobs_queue");
            assertThat(scan.condition()).contains("tool_name");
        });
        assertThat(scans(situation, "claim", "job_leases"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.condition()).contains("job_id = j"));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aClaimOfALimitedToolReadsTheHeadOfItsQueueAndItsOwnLeases(Situation situation) {
        for (String statement : List.of("limited waiting", "limited claim")) {
            assertThat(scans(situation, statement, "jobs")).isNotEmpty().allSatisfy(scan -> {
                assertThat(scan.index()).isEqualTo("idx_jobs_queue");
                assertThat(scan.condition()).contains("tool_name");
            });
            assertThat(scans(situation, statement, "job_leases"))
                    .isNotEmpty()
                    .allSatisfy(scan -> assertThat(scan.condition()).containsAnyOf("job_id = j", "limited_tool = "));
        }
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aClaimFromQueueNumbersBeginsThere(Situation situation) {
        assertThat(scans(situation, "claimFrom", "jobs")).hasSize(2).allSatisfy(scan -> {
            assertThat(scan.index()).isEqualTo("idx_jobs_queue");
            assertThat(scan.condition()).contains("tool_name", "priority = ", "queue_seq >= ");
        });
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theReleaseOfDelayedJobsReadsOnlyThoseWhoseTimeHasCome(Situation situation) {
        readsJobsOnlyThrough(
                situation,
                "releaseDelayed",
                "idx_jobs_delayed",
                "jobs_pkey",
                "idx_jobs_queue",
                "idx_jobs_fairness_key");
        assertThat(scans(situation, "releaseDelayed", "jobs"))
                .filteredOn(scan -> scan.index().equals("idx_jobs_delayed"))
                .extracting(Scan::condition)
                .containsExactly("(run_at <= now())");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theCleanUpReadsOnlyWhatHasExpired(Situation situation) {
        readsJobs(situation, "deleteExpired", "idx_jobs_expires_at", "expires_at < now()");
        readsJobs(situation, "expirePending", "idx_jobs_start_by", "expires_at < (now()");
        readsJobs(situation, "liftLimits", "idx_jobs_start_by", "expires_at < (now()");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theEndOfABatchReadsOnlyItsOwnJobs(Situation situation) {
        assertThat(scans(situation, "batch end", "jobs"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.condition()).contains("batch_id = "));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theSearchForRunningJobsWithoutALeaseReadsOnlyRunningOnes(Situation situation) {
        readsJobs(situation, "rescueUnleased", "idx_jobs_status", "status = 'running'");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void statementsThatEndAttemptsReadTheirJobsByKey(Situation situation) {
        for (String statement : List.of(
                "complete",
                "failOrRetry",
                "giveBack",
                "loseOutcomes",
                "waitForInput",
                "lockAll",
                "goOn",
                "showRunning",
                "cancel",
                "lock")) {
            readsJobsOnlyByKey(situation, statement);
        }
    }

    @ParameterizedTest
    @MethodSource("situations")
    void waitsReadOnlyTheQuestionsOfTheirJobs(Situation situation) {
        for (String statement : List.of("waitForInput", "goOn")) {
            assertThat(scans(situation, statement, "job_inputs"))
                    .isNotEmpty()
                    .allSatisfy(scan -> assertThat(scan.condition()).contains("job_id = "));
        }
    }

    static Stream<String> ofLeases() {
        return Stream.of(
                "complete",
                "failOrRetry",
                "giveBack",
                "loseOutcomes",
                "waitForInput",
                "showRunning",
                "unclaim",
                "noteVersions",
                "cancel",
                "many cancel",
                "lost");
    }

    @ParameterizedTest
    @MethodSource("ofLeases")
    void plansMadeWithoutLeasesReadLeasesByKeyToo(String statement) {
        assertThat(scans(drained, statement, "job_leases"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.condition()).contains("job_id = "));
    }

    static Stream<String> ofJobs() {
        Stream<String> named = Stream.of(
                "complete",
                "failOrRetry",
                "giveBack",
                "loseOutcomes",
                "waitForInput",
                "lockAll",
                "goOn",
                "showRunning",
                "cancel",
                "many cancel");
        Stream<String> more = SOME.entrySet().stream()
                .filter(e -> e.getKey() != BulkTransitions.class && e.getKey() != FailureQueries.class)
                .flatMap(e -> e.getValue().stream());
        return Stream.concat(Stream.concat(named, more), Stream.of("many lock"));
    }

    // A burst of jobs may come before an analysis: through the index of statuses each of these would read all of
    // them.
    @ParameterizedTest
    @MethodSource("ofJobs")
    void plansMadeWithoutPendingJobsReadJobsByKeyToo(String statement) {
        readsJobsOnlyByKey(drained, statement);
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aRescueReachesItsJobsByKey(Situation situation) {
        readsJobsOnlyByKey(situation, "rescue");
    }

    @Test
    void aRescueThatWasPlannedForEmptyTablesReachesItsJobsByKeyToo() {
        readsJobsOnlyByKey(early, "rescue");
    }

    /** True if a statement reads jobs only by key or through indexes made for queues. */
    private static void readsJobsOnlyThrough(Situation situation, String statement, String... indexes) {
        assertThat(scans(situation, statement, "jobs"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.index()).as(statement).isIn((Object[]) indexes));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theGateReadsOnlyJobsOfItsKeys(Situation situation) {
        readsJobsOnlyThrough(situation, "letIn", "idx_jobs_concurrency_key", "jobs_pkey");
        readsJobsOnlyThrough(situation, "waiting", "idx_jobs_concurrency_key");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void fairQueueNumbersAreReadAtTheEndsOfQueues(Situation situation) {
        for (String statement : List.of("places", "tools", "catchUp")) {
            readsJobsOnlyThrough(situation, statement, "idx_jobs_fairness_key", "idx_jobs_queue");
        }
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theDepthOfAQueueIsCountedInItsIndexes(Situation situation) {
        readsJobsOnlyThrough(situation, "ofTool", "idx_jobs_queue", "idx_jobs_parked");
        readsJobsOnlyThrough(situation, "ofAll", "idx_jobs_queue", "idx_jobs_parked");
        readsJobsOnlyThrough(situation, "endsPerSecond", "idx_jobs_queue", "idx_jobs_created_at");
        readsJobsOnlyThrough(situation, "running", "jobs_pkey");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void theReasonsWhyAJobWaitsAreReadInIndexes(Situation situation) {
        readsJobsOnlyByKey(situation, "facts");
        readsJobsOnlyByKey(situation, "predecessors");
        readsJobsOnlyByKey(situation, "holdersOfTool");
        for (String statement : List.of("insideKey", "holdersOfKey", "aheadOutsideKey")) {
            readsJobsOnlyThrough(situation, statement, "idx_jobs_concurrency_key");
        }
        assertThat(scans(situation, "aheadOutsideKey", "jobs"))
                .allSatisfy(scan -> assertThat(scan.condition()).contains("concurrency_key", "delayed", "priority"));
        assertThat(scans(situation, "ahead", "jobs")).hasSize(2).allSatisfy(scan -> {
            assertThat(scan.index()).isEqualTo("idx_jobs_queue");
            assertThat(scan.condition()).contains("tool_name", "priority");
        });
        assertThat(scans(situation, "ahead", "job_leases"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.condition()).contains("job_id = j"));
        assertThat(scans(situation, "runningOfLimited", "job_leases"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.condition()).contains("limited_tool = "));
        assertThat(scans(situation, "lastMinute", "job_stats"))
                .isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.index()).isEqualTo("job_stats_pkey"));
    }

    static Stream<Situation> analyzed() {
        return SITUATIONS.stream().filter(Situation::analyzed);
    }

    // Before the first analysis of a table the index of all ends may look as good: then the timeout bounds the read.
    @ParameterizedTest
    @MethodSource("analyzed")
    void failuresAreGroupedInTheirIndexes(Situation situation) {
        for (String statement : List.of("counted", "countedWith")) {
            readsJobsOnlyThrough(situation, statement, "idx_jobs_failed_at");
            if (situation.planCacheMode().equals("force_custom_plan")) {
                assertThat(situation.plans().get(statement).findValuesAsText("Node Type"))
                        .as("all that may be found is planned for, not one row")
                        .doesNotContain("Nested Loop", "Bitmap Heap Scan");
            }
        }
        readsJobsOnlyThrough(situation, "samples", "idx_jobs_failure");
        assertThat(scans(situation, "samples", "jobs"))
                .allSatisfy(scan -> assertThat(scan.condition()).contains("failure"));
    }
}
