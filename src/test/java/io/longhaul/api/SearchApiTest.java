package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.jobs.JobSearch;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.ParamValues;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists that are searched by values in params, and lists that show some params. */
class SearchApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases"));
    }

    private static String submit(String params) {
        return SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + params + "}")
                .text("/job_id");
    }

    private static List<String> found(String query) {
        Answer answer = SERVER.get("/v1/jobs?" + query);
        assertThat(answer.status()).as(query).isEqualTo(200);
        return answer.json("/jobs").findValuesAsText("job_id");
    }

    @Test
    void jobsAreFoundByValuesInTheirParams() {
        String one = submit(
                "{\"sample\": \"S1\", \"n\": 12345678901234567890.10, \"fast\": true, \"o\": {\"depth\": [{\"x\": \"a.b\"}]}}");
        String other = submit("{\"sample\": \"S2\", \"n\": 5, \"fast\": false, \"o\": null}");

        assertThat(found("params.sample=S1")).containsExactly(one);
        assertThat(found("params.n=12345678901234567890.10")).containsExactly(one);
        assertThat(found("params.n=5&params.fast=false")).containsExactly(other);
        assertThat(found("params.n=5&params.fast=true")).isEmpty();
        assertThat(found("params.o.depth.0.x=a.b")).containsExactly(one);
        assertThat(found("params.o=null")).as("null is no value").isEmpty();
        assertThat(found("params.nothing=S1")).isEmpty();
        assertThat(found("params.sample=S1&tool=ping")).isEmpty();
        assertThat(found("params.sample=S1&status=pending&sort=created_at")).containsExactly(one);
        assertThat(found("params.sample=S1&status=failed,running")).isEmpty();
    }

    @Test
    void aSearchKnowsNoMoreThanItHasSeen() {
        submit("{\"sample\": \"S1\"}");
        submit("{\"sample\": \"S1\"}");

        Answer all = SERVER.get("/v1/jobs?params.sample=S1");
        assertThat(all.json("/total").asInt()).isEqualTo(2);
        assertThat(all.json("/total_is_estimate").booleanValue()).isFalse();
        assertThat(all.json().has("searched_to")).isFalse();
        Answer first = SERVER.get("/v1/jobs?params.sample=S1&limit=1");
        assertThat(first.json("/total_is_estimate").booleanValue()).isTrue();
        String next = first.header("Link").replaceAll("<(.*)>.*", "$1");
        assertThat(next).contains("params.sample=S1");
        Answer last = SERVER.get(next);
        assertThat(last.json("/jobs")).hasSize(1);
        assertThat(last.json("/next_cursor").isNull()).isTrue();
    }

    @Test
    void pagesOfASearchThatStopsEarlyNeitherRepeatNorMissJobs() {
        SERVER.jdbi().useHandle(handle -> handle.execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, expires_at, created_at)
                SELECT 'echo', 'x', jsonb_build_object('n', i % 10), NOW() + INTERVAL '1 h',
                       NOW() - (i / 3) * INTERVAL '1 s'
                FROM generate_series(1, 200) i
                """));
        JobQueries queries = SERVER.jdbi().onDemand(JobQueries.class);
        JobFilter filter = JobFilter.ALL.by(By.PARAMS, new ParamValues(new TreeMap<>(Map.of("n", "3"))));

        for (int first : new int[] {1, 7, 1_000}) {
            JobSearch search = new JobSearch(first, Duration.ZERO);
            List<UUID> seen = new ArrayList<>();
            JobFilter.Position at = null;
            int pages = 0;
            do {
                JobSearch.Found page = search.find(filter.after(at), 6, JobSearch.with(queries));
                assertThat(page.searchedTo() != null)
                        .as("stops early")
                        .isEqualTo(page.next() != null && page.ids().size() < 6);
                seen.addAll(page.ids());
                at = page.next();
                pages++;
            } while (at != null);
            assertThat(seen).hasSize(20).doesNotHaveDuplicates();
            assertThat(pages).isGreaterThanOrEqualTo(200 / Math.min(first, 60));
        }
    }

    @Test
    void chosenParamsAreShownAndNoOthers() {
        String much = "é".repeat(300);
        submit("{\"sample\": \"S1\", \"n\": 1.50, \"o\": {\"depth\": 3}, \"secret\": \"kept\", \"long\": \"" + much
                + "\"}");

        Answer answer = SERVER.get(
                "/v1/jobs?fields=job_id,params.sample,params.n&fields=params.o.depth,params.o,params.none,params.long");

        JsonNode job = answer.json("/jobs/0");
        assertThat(job.fieldNames()).toIterable().containsExactly("job_id", "chosen_params");
        JsonNode chosen = job.path("chosen_params");
        assertThat(chosen.fieldNames()).toIterable().containsExactlyInAnyOrder("sample", "n", "o.depth", "o", "long");
        assertThat(chosen.path("sample").asText()).isEqualTo("S1");
        assertThat(chosen.path("n").asText()).isEqualTo("1.50");
        assertThat(chosen.path("o.depth").asText()).isEqualTo("3");
        assertThat(chosen.path("o").asText()).isEqualTo("{\"depth\": 3}");
        assertThat(chosen.path("long").asText()).isEqualTo("é".repeat(199) + "…");
    }

    @Test
    void largeParamsAreNotLookedInto() {
        SERVER.jdbi().useHandle(handle -> handle.execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)
                SELECT 'echo', 'x', jsonb_build_object('sample', 'S1', 'much', string_agg(md5(i::text), '')), NOW() + INTERVAL '1 h'
                FROM generate_series(1, 10000) i
                """));

        assertThat(SERVER.get("/v1/jobs?fields=params.sample").json("/jobs/0/chosen_params"))
                .isEmpty();
        assertThat(found("params.sample=S1")).as("a filter looks into all").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "params=x | /params | must be followed by the name of a member",
                "params.=x | /params. | must name a member",
                "params.a..b=x | /params.a..b | must name a member",
                "params.a= | /params.a | has no value",
                "params.a=1&params.a=2 | /params.a | is there 2 times",
                "params.a=%00 | /params.a | NUL",
                "params.a.b.c.d.e.f.g.h.i=x | /params.a.b.c.d.e.f.g.h.i | must name a member",
                "params.a=1&params.b=1&params.c=1&params.d=1&params.e=1&params.f=1 | /params | at most 5",
                "params.a=1&offset=3 | /offset | go on with cursor",
                "error=x&offset=3 | /offset | go on with cursor",
                "fields=params. | /fields | params.NAME",
                "fields=params.a,params.b,params.c,params.d,params.e,params.f,params.g,params.h,params.i,params.j,params.k | /fields | at most 10"
            })
    void whatIsWrongIsSaid(String query, String pointer, String message) {
        Answer answer = SERVER.get("/v1/jobs?" + query);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
        assertThat(answer.text("/errors/0/message")).contains(message);
    }

    @Test
    void actionsOnAllJobsTakeNoParams() {
        Answer answer = SERVER.post("/v1/jobs/cancel?params.sample=S1&dry_run=true", "");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/params.sample");
    }
}
