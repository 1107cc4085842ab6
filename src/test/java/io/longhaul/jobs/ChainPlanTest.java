package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.PredecessorQueries;
import io.longhaul.testing.TestDatabase;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statements that settle chains and batches use indexes, however many jobs wait or have ended. */
class ChainPlanTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final String ID = "'00000000-0000-0000-0000-000000000001'::uuid";

    @BeforeEach
    void fill() {
        JOBS.pendingMany("echo", 5_000);
        JOBS.update("INSERT INTO job_dependencies SELECT id, gen_random_uuid(), FALSE, NULL FROM jobs");
        JOBS.update("INSERT INTO job_predecessors SELECT job_id, after_id FROM job_dependencies");
        JOBS.update("INSERT INTO job_batches SELECT id, 1, NOW(), NULL, NOW() FROM jobs");
        JOBS.update("ANALYZE jobs, job_dependencies, job_predecessors, job_batches");
    }

    private static String sql(Class<?> type, String name) {
        Method method = Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name))
                .findFirst()
                .orElseThrow();
        SqlQuery query = method.getAnnotation(SqlQuery.class);
        return query != null
                ? query.value()
                : method.getAnnotation(SqlUpdate.class).value();
    }

    private static String plan(Class<?> type, String name) {
        String sql = sql(type, name)
                .replaceAll("(?<!:):(ids|jobs|afters)\\b", "ARRAY[" + ID + "]")
                .replaceAll("(?<!:):(from|after)\\b", ID)
                .replaceAll("(?<!:):params\\b", "ARRAY['1']")
                .replaceAll("(?<!:):limit\\b", "100");
        return JOBS.jdbi().withHandle(handle -> String.join("\n", explain(handle, sql)));
    }

    private static List<String> explain(Handle handle, String sql) {
        return handle.createQuery("EXPLAIN " + sql.replace("::", "\\:\\:"))
                .mapTo(String.class)
                .list();
    }

    @ParameterizedTest
    @CsvSource({"endedAndAwaited", "awaited", "waitingFor", "lockWaiting", "standings", "crossOff", "release", "unknown"
    })
    void settlingChainsScansNoTable(String statement) {
        assertThat(plan(ChainTransitions.class, statement))
                .contains("Index")
                .doesNotContain("Seq Scan on jobs")
                .doesNotContain("Seq Scan on job_dependencies");
    }

    @ParameterizedTest
    @CsvSource({"links", "members"})
    void showingChainsScansNoTable(String statement) {
        assertThat(plan(PredecessorQueries.class, statement))
                .contains("Index")
                .doesNotContain("Seq Scan on jobs")
                .doesNotContain("Seq Scan on job_predecessors");
    }

    @ParameterizedTest
    @CsvSource({"open", "end", "deleteExpired"})
    void endingBatchesScansNoTable(String statement) {
        assertThat(plan(BatchTransitions.class, statement))
                .contains("Index")
                .doesNotContain("Seq Scan on jobs")
                .doesNotContain("Seq Scan on job_batches");
    }
}
