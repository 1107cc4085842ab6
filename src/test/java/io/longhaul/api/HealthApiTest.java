package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.readiness.Condition;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

class HealthApiTest {
    private static final Condition MISSING = new Condition(
            "schema",
            false,
            Condition.DATABASE_MIGRATION_REQUIRED,
            "Table jobs is missing.",
            "java -jar app.jar db migrate",
            Map.of("missing", List.of("jobs")));

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void recover() {
        SERVER.schema = Condition.holds("schema", "The schema is right.");
        SERVER.source().useUsual();
        assertSubmitsAgain();
    }

    @Test
    void aReadyNodeIsReportedAsReady() {
        assertThat(SERVER.get("/healthz").json()).hasToString("{\"status\":\"healthy\"}");
        assertThat(SERVER.get("/readyz").status()).isEqualTo(200);
        assertThat(SERVER.get("/readyz").json()).hasToString("{\"status\":\"ready\"}");
        Answer health = SERVER.get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.text("/status")).isEqualTo("healthy");
        assertThat(health.json("/message").isTextual()).isTrue();
        assertThat(health.text("/details/checks/0/name")).isEqualTo("schema");
        assertThat(health.text("/details/checks/0/status")).isEqualTo("healthy");
        assertThat(health.json("/duration_ms").isIntegralNumber()).isTrue();
        assertThat(health.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void anUnreadyNodeNamesTheReasonAndTheCure() {
        SERVER.schema = MISSING;

        assertThat(SERVER.get("/healthz").status()).isEqualTo(200);
        Answer ready = SERVER.get("/readyz");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text("/status")).isEqualTo("not_ready");
        assertThat(ready.text("/error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
        assertThat(ready.text("/cure")).isEqualTo("java -jar app.jar db migrate");
        assertThat(ready.header("Retry-After")).isEqualTo("5");
        Answer health = SERVER.get("/health");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.text("/status")).isEqualTo("unhealthy");
        assertThat(health.text("/message")).isEqualTo("Table jobs is missing.");
        assertThat(health.json("/details/checks/0/details")).hasToString("{\"missing\":[\"jobs\"]}");
    }

    @Test
    void aWrongSchemaIsAnsweredAtOnceWithTheCure() {
        String code = Condition.DATABASE_MIGRATION_REQUIRED;
        SERVER.schema = Condition.fails("schema", code, "Table jobs is missing.", "java -jar app.jar db migrate");
        // Nothing may query the database.
        SERVER.source().use(closedPort());

        for (String path : List.of("/v1/jobs", "/v1/jobs/x", "/v1/mcp/tools", "/v1/jobs/x/logs")) {
            Answer answer = SERVER.get(path);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text("/error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
            assertThat(answer.text("/message")).contains("Table jobs is missing.", "java -jar app.jar db migrate");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
        }
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status()).isEqualTo(503);
    }

    @Test
    void aDrainingNodeIsNotReadyAndStillServes() {
        SERVER.schema = Condition.fails("node", Condition.DRAINING, "The node is stopping.", null);

        assertThat(SERVER.get("/readyz").status()).isEqualTo(503);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status()).isEqualTo(201);
    }

    @Test
    void aSchemaErrorOfAStatementStartsASchemaCheck() {
        int before = SERVER.suspicions.get();
        SERVER.jdbi().useHandle(h -> h.execute("ALTER TABLE jobs RENAME TO jobs_away"));
        try {
            for (Answer answer : List.of(
                    SERVER.get("/v1/jobs"),
                    SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}"),
                    SERVER.get("/v1/jobs/00000000-0000-4000-8000-000000000000"),
                    SERVER.delete("/v1/jobs/00000000-0000-4000-8000-000000000000"))) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text("/error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
                assertThat(answer.text("/detail")).contains("java -jar app.jar db migrate");
                assertThat(answer.body()).doesNotContain("SELECT", "INSERT", "relation", "psql", "jdbi");
            }
            assertThat(SERVER.suspicions.get()).isEqualTo(before + 4);
        } finally {
            SERVER.jdbi().useHandle(h -> h.execute("ALTER TABLE jobs_away RENAME TO jobs"));
        }
        assertThat(SERVER.get("/v1/jobs").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "ALTER TYPE jobstatus RENAME VALUE 'running' TO 'RUNNING'"
                        + "|ALTER TYPE jobstatus RENAME VALUE 'RUNNING' TO 'running'",
                "ALTER TABLE jobs RENAME COLUMN priority TO prio|ALTER TABLE jobs RENAME COLUMN prio TO priority",
                "DROP INDEX uq_jobs_idempotency_key|CREATE UNIQUE INDEX uq_jobs_idempotency_key"
                        + " ON jobs (idempotency_key) WHERE idempotency_key IS NOT NULL"
            })
    void everyKindOfDriftIsReported(String change, String back) {
        SERVER.jdbi().useHandle(h -> h.execute(change));
        try {
            Answer list = SERVER.get("/v1/jobs?status=running");
            // With a key, because only such submits need its index.
            Answer submit = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"idempotency_key\": \"drift\"}");
            assertThat(List.of(list.status(), submit.status())).contains(503).isSubsetOf(200, 201, 503);
            Answer failed = list.status() == 503 ? list : submit;
            assertThat(failed.text("/error_code")).isEqualTo("DATABASE_MIGRATION_REQUIRED");
        } finally {
            SERVER.jdbi().useHandle(h -> h.execute(back));
        }
    }

    @OwnSession
    @Test
    void aDatabaseThatIsDownIsReportedAsUnavailableUntilItIsBack() {
        SERVER.source().use(closedPort());
        assertUnavailable();

        SERVER.source().useUsual();
        assertThat(SERVER.get("/v1/jobs").status()).isEqualTo(200);
        assertSubmitsAgain();
    }

    @OwnSession
    @Test
    void aRefusedDatabaseLoginIsReportedWithoutSecrets() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(DATABASE.jdbcUrl());
        source.setUser("nobody_of_this_name");
        source.setPassword("hunter2");
        SERVER.source().use(source);

        assertUnavailable();
    }

    @OwnSession
    @Test
    void anExhaustedPoolIsUnavailable() throws Exception {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(DATABASE.jdbcUrl());
        properties.setUsername(DATABASE.user());
        properties.setPassword(DATABASE.password());
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setInitialSize(1);
        properties.setMaxActive(1);
        properties.setMaxWait(50);
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
        try (java.sql.Connection taken = pool.getConnection()) {
            assertThat(taken.isValid(1)).isTrue();
            SERVER.source().use(pool);
            assertUnavailable();
        } finally {
            pool.close();
        }
    }

    private static void assertUnavailable() {
        SERVER.source().endConnections();
        for (Answer answer : List.of(
                SERVER.get("/v1/jobs"),
                SERVER.get("/v1/jobs/00000000-0000-4000-8000-000000000000"),
                SERVER.delete("/v1/jobs/00000000-0000-4000-8000-000000000000"),
                SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}"),
                SERVER.post("/v1/mcp/invoke", "{\"tool\": \"echo\"}"))) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.text("/error_code")).isEqualTo("DATABASE_UNAVAILABLE");
            assertThat(answer.header("Retry-After")).isEqualTo("2");
            assertThat(answer.body()).doesNotContain("hunter2", "nobody_of_this_name", "127.0.0.1", "Exception");
        }
        assertThat(SERVER.get("/healthz").status()).isEqualTo(200);
        assertThat(SERVER.get("/v1/mcp/tools").status()).isEqualTo(200);
    }

    /** Each of the two writers may still hold a dead connection, which it notices at its next use. */
    private static void assertSubmitsAgain() {
        List<Integer> statuses = IntStream.range(0, 4)
                .mapToObj(i -> SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status())
                .toList();
        assertThat(statuses.subList(2, 4)).containsOnly(201);
    }

    private static PGSimpleDataSource closedPort() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere?connectTimeout=1");
        return source;
    }
}
