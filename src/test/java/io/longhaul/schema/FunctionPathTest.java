package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Ending a job or a batch from any search path writes the delivery beside the job, and nowhere else. */
@OwnSession
class FunctionPathTest {
    /** Tables that the functions name. */
    private static final List<String> NAMED = List.of("webhooks", "webhook_deliveries", "jobs");

    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @ParameterizedTest
    @ValueSource(strings = {"public", "My jobs", "Job's", "select"})
    void endingAJobBySqlWorksFromAnySearchPath(String schema) throws Exception {
        migrate(schema);
        Sql.run(source(), "CREATE SCHEMA other");
        NAMED.forEach(table -> Sql.run(
                source(), "CREATE TABLE other.%s (LIKE %s.%1$s INCLUDING ALL)".formatted(table, ident(schema))));
        endEachWay(schema);
        for (String table : NAMED) {
            assertThat(Sql.one(source(), "SELECT count(*) FROM other." + table)).isEqualTo("0");
        }
    }

    /** pg_dump writes each object with an empty path, and restoring does the same. */
    @ParameterizedTest
    @ValueSource(strings = {"public", "My jobs"})
    void aRestoredDumpIsTheSame(String schema) throws Exception {
        migrate(schema);
        CatalogSnapshot before = Sql.snapshot(sourceIn(schema));
        String dump = "SET search_path = ''; " + Sql.one(sourceIn("nowhere"), """
                        SELECT string_agg(statement, '; ' ORDER BY place) FROM (
                            SELECT 1 AS place, pg_get_functiondef(oid) AS statement FROM pg_proc WHERE proname LIKE 'tell_webhooks%'
                            UNION ALL
                            SELECT 2, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'tell_webhooks'
                        ) s
                        """);
        for (String function : List.of("tell_webhooks_of_job", "tell_webhooks_of_batch")) {
            Sql.run(sourceIn(schema), "DROP FUNCTION " + function + " CASCADE");
        }
        assertThat(Sql.snapshot(sourceIn(schema))).isNotEqualTo(before);
        Sql.run(source(), dump);
        assertThat(Sql.snapshot(sourceIn(schema))).isEqualTo(before);
        endEachWay(schema);
    }

    /** PostgreSQL does not change the path when the schema is renamed. */
    @ParameterizedTest
    @ValueSource(strings = {"renamed", "Re named"})
    void reportsAndRepairsARenamedSchema(String name) throws Exception {
        migrate("before");
        Sql.run(source(), "ALTER SCHEMA before RENAME TO " + ident(name));
        List<Difference> found = differences(name);
        assertThat(found)
                .hasSize(2)
                .allMatch(difference -> difference.severity() == Severity.FATAL
                        && difference.line().contains("settings: expected search_path=its schema, pg_temp"));
        found.forEach(difference -> Sql.run(sourceIn(name), difference.repair()));
        assertThat(differences(name)).isEmpty();
        endEachWay(name);
    }

    private static List<Difference> differences(DataSource source) {
        return SchemaExpectation.packed().compare(Sql.snapshot(source)).differences();
    }

    private List<Difference> differences(String schema) {
        return differences(sourceIn(schema));
    }

    private void endEachWay(String schema) {
        String home = ident(schema);
        Sql.run(sourceIn(schema), """
                DELETE FROM webhooks;
                INSERT INTO webhooks (url, events, include_result, secret)
                VALUES ('https://example.org', ARRAY['job.completed', 'batch.ended'], FALSE, 's')
                """);
        Stream.of("''", "pg_catalog", "other, " + home, "pg_temp, other", "nowhere")
                .forEach(path -> {
                    String before = deliveries(schema);
                    Sql.run(sourceIn(schema), """
                    CREATE TEMPORARY TABLE webhooks (LIKE %1$s.webhooks INCLUDING ALL);
                    CREATE TEMPORARY TABLE webhook_deliveries (LIKE %1$s.webhook_deliveries INCLUDING ALL);
                    CREATE TEMPORARY TABLE jobs (LIKE %1$s.jobs INCLUDING ALL);
                    SET search_path = %2$s;
                    INSERT INTO %1$s.jobs (tool_name, trace_id, parameters, expires_at) VALUES ('t', 't', '{}', now());
                    UPDATE %1$s.jobs SET status = 'completed', completed_at = now() WHERE completed_at IS NULL;
                    INSERT INTO %1$s.job_batches (id, total, expires_at) VALUES (gen_random_uuid(), 1, now());
                    UPDATE %1$s.job_batches SET ended_at = now() WHERE ended_at IS NULL
                    """.formatted(home, path));
                    assertThat(Integer.parseInt(deliveries(schema)) - Integer.parseInt(before))
                            .as(path)
                            .isEqualTo(2);
                });
    }

    private String deliveries(String schema) {
        return Sql.one(sourceIn(schema), "SELECT count(*) FROM webhook_deliveries");
    }

    private void migrate(String schema) throws Exception {
        Sql.run(source(), "CREATE SCHEMA IF NOT EXISTS " + ident(schema));
        new Migrations(sourceIn(schema)).up();
        assertThat(differences(schema)).isEmpty();
    }

    private static String ident(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private DataSource source() {
        return database.dataSource();
    }

    private DataSource sourceIn(String schema) {
        PGSimpleDataSource source = database.newSessions();
        source.setCurrentSchema(ident(schema));
        return source;
    }
}
