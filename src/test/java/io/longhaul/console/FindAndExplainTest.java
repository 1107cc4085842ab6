package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people look for by a part of its name, and what pages say about jobs that wait, were lost or were cancelled. */
class FindAndExplainTest {
    private static final String LATER = ", \"run_at\": \"2099-01-01T00:00:00Z\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, """
              - {type: command, name: single, command: [sleep, '600'], cluster_concurrency: 1}
            """);

    private final Browser browser = NODE.browser();

    /** A node that has just begun has not said yet which tools it has. */
    @BeforeAll
    static void awaitTools() {
        Database database = new Database(DATABASE.dataSource());
        Await.until(
                "the node has named its tools",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM nodes WHERE tools IS NOT NULL") == 1);
    }

    private static void execute(String statement) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    private static List<String> api(String query) {
        List<String> ids = new ArrayList<>();
        NODE.api("GET", "/v1/jobs?" + query, "", null)
                .path("jobs")
                .forEach(job -> ids.add(job.path("job_id").asText()));
        return ids;
    }

    /** A job that waits, with an id and a trace of our choice. */
    private static void renamed(String id, String trace) throws SQLException {
        String made = NODE.submit("{\"tool\": \"ping\"" + LATER);
        execute("UPDATE jobs SET id = '" + id + "', trace_id = '" + trace + "' WHERE id = '" + made + "'");
    }

    @Test
    void jobsAndTracesAreFoundByTheirFirstDigits() throws SQLException {
        String one = "abcdef01-2345-4678-9abc-def012345678";
        String other = "abcdef01-2345-4678-9abc-def012345679";
        String far = "abcdef02-2345-4678-9abc-def012345679";
        renamed(one, "0123456789abcdef0123456789abcdef");
        renamed(other, "0123456789abcdef0123456789abcde0");
        renamed(far, "f123456789abcdef0123456789abcde0");

        assertThat(browser.get("/ui/jobs?q=abcdef02").path()).isEqualTo("/ui/jobs/" + far);
        assertThat(browser.get("/ui/jobs?q=ABCDEF02-2345").path()).isEqualTo("/ui/jobs/" + far);
        Shown several = browser.get("/ui/jobs?q=abcdef01");
        assertThat(several.page().select("#rows tr").eachAttr("id"))
                .containsExactlyInAnyOrder("job-" + one, "job-" + other);
        assertThat(several.text()).contains("Only jobs whose id begins with abcdef01", "need another filter");
        Shown traces = browser.get("/ui/jobs?q=01234567");
        assertThat(traces.page().select("#rows tr").eachAttr("id"))
                .containsExactlyInAnyOrder("job-" + one, "job-" + other);
        assertThat(browser.get("/ui/jobs?q=f123456789abcdef%E2%80%A6").page().select("#rows tr"))
                .hasSize(1);
        assertThat(browser.get("/ui/jobs?q=deadbeef").answer().uri().getQuery()).isEqualTo("error=deadbeef");
        assertThat(api("id_prefix=abcdef01-23")).containsExactlyInAnyOrder(one, other);
        assertThat(api("trace_id_prefix=0123456789abcdef0123456789abcdef")).containsExactly(one);
        assertThat(api("trace_id_prefix=01234567&tool=none")).isEmpty();
    }

    @Test
    void aListSaysWhyEachJobWaitsAndNamesTheHolders() throws SQLException {
        String holder = NODE.submit("{\"tool\": \"single\"}");
        NODE.await(holder, job -> job.path("status").asText().equals("running"));
        String limited = NODE.submit("{\"tool\": \"single\"}");
        String first = NODE.submit("{\"tool\": \"step\"}");
        String after = NODE.submit("{\"tool\": \"ping\", \"after\": [\"" + first + "\"]}");
        String later = NODE.submit("{\"tool\": \"ping\"" + LATER);
        execute("INSERT INTO tool_pauses (tool_name, paused_at, reason) VALUES ('draws', NOW(), 'no ink')");
        String paused = NODE.submit("{\"tool\": \"draws\"}");

        Document list = browser.get("/ui/jobs?status=pending").page();

        assertThat(note(list, limited))
                .isEqualTo("the only place of its tool is taken by job " + holder.substring(0, 8));
        assertThat(list.select("#job-" + limited + " .note a").attr("href")).isEqualTo("/ui/jobs/" + holder);
        assertThat(note(list, after)).isEqualTo("after job " + first.substring(0, 8));
        assertThat(note(list, first)).isEqualTo("no live worker has its tool");
        assertThat(note(list, later)).startsWith("begins in ");
        assertThat(note(list, paused)).isEqualTo("its tool is paused: no ink");
        Document job = browser.get("/ui/jobs/" + limited).page();
        assertThat(job.select("#timeline .pending a").attr("href")).isEqualTo("/ui/jobs/" + holder);
        NODE.api("DELETE", "/v1/jobs/" + holder, "", null);
        NODE.api("DELETE", "/v1/jobs/" + limited, "", null);
    }

    private static String note(Document list, String id) {
        return list.select("#job-" + id + " .note").text();
    }

    /** A job whose worker was lost an hour after it had begun, which was a minute after its submit; and which runs again. */
    private static String lost() throws SQLException {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        execute("INSERT INTO job_attempts (job_id, attempt, node_name, started_at, ended_at, error_code, error_message)"
                + " SELECT id, 1, 'b', created_at + INTERVAL '1 min', created_at + INTERVAL '61 min', 'WORKER_LOST', 'Lost.'"
                + " FROM jobs WHERE id = '" + id + "'");
        execute("UPDATE jobs SET attempt = 1, error_code = 'WORKER_LOST', error_message = 'Lost.' WHERE id = '" + id
                + "'");
        return id;
    }

    @Test
    void aCancelledJobIsHeadedByItsCancelAndLostRunsAreNoWaiting() throws SQLException {
        String id = lost();
        NODE.api("DELETE", "/v1/jobs/" + id, "", null);

        Document job = browser.get("/ui/jobs/" + id).page();

        assertThat(job.select("#error .bad")).isEmpty();
        assertThat(job.select("#error").text()).contains("It was cancelled", "ended with WORKER_LOST");
        assertThat(job.select("#facts").text()).contains("Waited 1 min", "Lost with workers 1 run, 1 h");
        Document list = browser.get("/ui/jobs?status=cancelled").page();
        assertThat(list.select("#job-" + id + " td").eachText()).contains("1 min");
    }

    @Test
    void aWaitHasOneLengthWhereverItIsTold() throws SQLException {
        String timed = NODE.run("{\"tool\": \"ping\"}");
        execute(
                "UPDATE jobs SET created_at = started_at - INTERVAL '1 h', run_at = started_at - INTERVAL '3 s' WHERE id = '"
                        + timed + "'");
        String between = lost();
        execute("UPDATE job_attempts SET started_at = NOW() - INTERVAL '9 min', ended_at = NOW() - INTERVAL '7 min'"
                + " WHERE job_id = '" + between + "'");
        String list = "/ui/jobs?tool=ping";

        assertThat(browser.get("/ui/jobs/" + timed)
                        .page()
                        .select("#facts, #timeline")
                        .text())
                .contains("Waited 3.0 s", "waited 3.0 s");
        assertThat(browser.get(list).page().select("#job-" + timed + " td").eachText())
                .contains("3.0 s");
        assertThat(browser.get("/ui/jobs/" + between).page().select("#facts").text())
                .contains("Waits for 7 min");
        assertThat(browser.get(list).page().select("#job-" + between).text()).contains("7 min");
        execute("UPDATE jobs SET run_at = NOW() - INTERVAL '1 min' WHERE id = '" + between + "'");
        assertThat(browser.get("/ui/jobs/" + between)
                        .page()
                        .select("#facts, #timeline")
                        .text())
                .contains("Waits for 7 min", "for 7 min");
        NODE.api("DELETE", "/v1/jobs/" + between, "", null);
    }

    @Test
    void aLineOfALogHasOneAddressAndSaysItsAttempt() throws SQLException {
        String id = lost();
        execute("UPDATE jobs SET attempt = 2 WHERE id = '" + id + "'");
        execute("INSERT INTO job_logs (job_id, line_no, attempt, logged_at, line) OVERRIDING SYSTEM VALUE VALUES ('"
                + id + "', 1, 1, NOW(), 'of one'), ('" + id + "', 2, 2, NOW(), 'of two'), ('" + id
                + "', 3, 2, NOW(), 'last')");
        String logs = "/ui/jobs/" + id + "/logs";

        assertThat(browser.get(logs).page().select("pre.log > span").eachText())
                .extracting(text -> text.replaceFirst("^[0-9:.]+ ", ""))
                .containsExactly("attempt 1", "of one", "attempt 2", "of two", "last");
        assertThat(browser.get("/ui/jobs/" + id)
                        .page()
                        .select("pre.log .attempt")
                        .eachText())
                .containsExactly("attempt 1", "attempt 2");
        assertThat(browser.get(logs + "?attempt=2&line=2")
                        .page()
                        .select("#target")
                        .text())
                .startsWith("Line 2, written by attempt 2.");
        Document wrong = browser.get(logs + "?attempt=2&line=1").page();
        assertThat(wrong.select(".notice").text()).contains("Line 1 is of attempt 1, not of attempt 2.");
        assertThat(wrong.select(".notice a").attr("href")).isEqualTo(logs + "?attempt=1&line=1#L1");
        assertThat(browser.get(logs + "?attempt=99").text())
                .contains("There is no attempt 99: the job has had 2 attempts.");
    }

    @Test
    void allThatHaveAParamAreChanged() {
        String small = NODE.submit(
                "{\"tool\": \"fold\", \"params\": {\"sequence\": \"MKVLAT\", \"model\": \"small\"}" + LATER);
        String large = NODE.submit(
                "{\"tool\": \"fold\", \"params\": {\"sequence\": \"MKVLAT\", \"model\": \"large\"}" + LATER);
        Document list = browser.get("/ui/jobs?tool=fold&params.model=small").page();
        String all = list.select(".bar a:contains(Cancel)").attr("href");
        Document preview = browser.get(all).page();
        assertThat(preview.text()).contains("1 job matches", "of the tool fold, with params.model = small");
        assertThat(preview.select(".commands").text()).contains("\"params\":{\"model\":\"small\"}");
        JsonNode counted = NODE.api(
                "POST",
                "/v1/operations",
                "{\"kind\": \"cancel\", \"dry_run\": true, \"filter\": {\"params\": {\"model\": \"small\"}}}",
                null);
        assertThat(counted.path("matched").asInt()).isEqualTo(1);
        assertThat(counted.path("searched_to").isNull()).isTrue();

        String once = preview.select("input[name=once]").attr("value");
        browser.post(all, "once", once);
        NODE.await(small, job -> job.path("status").asText().equals("cancelled"));

        assertThat(NODE.api("GET", "/v1/jobs/" + large, "", null).path("status").asText())
                .isEqualTo("pending");
    }

    @Test
    void theOverviewSaysWhatIsPendingAndUntilWhenItCounts() {
        NODE.submit("{\"tool\": \"ping\"" + LATER);

        Document overview = browser.get("/ui").page();

        assertThat(overview.select("#tiles dt").eachText()).contains("Pending").doesNotContain("Waiting");
        assertThat(overview.select("#tiles").text()).containsPattern("Pending \\d+ \\d+ in the queue");
        assertThat(overview.select("#until").text()).containsPattern("Counted until \\d\\d:\\d\\d UTC");
        assertThat(overview.select("header nav a[data-go=p]").attr("href")).isEqualTo("/ui/operations");
    }
}
