package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people do with jobs on the pages: one by one, some, and all that match. */
class ConsoleActionsTest {
    private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;${7*7}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    @Test
    void aWaitingJobIsCancelledAndRunAgain() {
        String id = NODE.submit(
                "{\"tool\": \"sleep\", \"params\": {\"seconds\": 0}, \"run_at\": \"2099-01-01T00:00:00Z\"}");
        Document before = browser.get("/ui/jobs/" + id).page();
        assertThat(before.select("#timeline").text()).contains("It begins no earlier than 2099");

        Shown cancelled = browser.post(before.select("form[action$=cancel]").attr("action"));

        assertThat(cancelled.path()).isEqualTo("/ui/jobs/" + id);
        assertThat(cancelled.page().select("h1 .status").text()).isEqualTo("cancelled");
        Element form = cancelled.page().selectFirst("form[action$=retry]");
        String once = form.select("input[name=once]").val();
        Shown again = browser.post(form.attr("action"), "once", once);
        assertThat(again.path()).isNotEqualTo("/ui/jobs/" + id);
        assertThat(again.page().select(".facts").text()).contains("Repeats " + id.substring(0, 8));
        assertThat(browser.post(form.attr("action"), "once", once).path()).isEqualTo(again.path());
        assertThat(browser.post(form.attr("action"), "once", "x".repeat(500)).status())
                .as("what is no UUID is no key")
                .isEqualTo(200);
    }

    @Test
    void aSelectedJobThatCannotBeChangedHoldsUpNoOther() throws SQLException {
        String one = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        String other = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "ALTER TABLE jobs ADD CONSTRAINT kept CHECK (id <> '%s' OR status <> 'cancelled')".formatted(one));
            Shown cancelled = browser.post("/ui/jobs/selected", "action", "cancel", "id", one, "id", other);
            statement.execute("ALTER TABLE jobs DROP CONSTRAINT kept");
            Pages.check(cancelled);
            assertThat(cancelled.page().select("tbody td:nth-child(2)").eachText())
                    .containsExactly("failed", "done");
        }
    }

    @Test
    void selectedJobsAreChangedAndEachOutcomeIsTold() {
        String one = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        String other = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");

        Shown cancelled = browser.post("/ui/jobs/selected", "action", "cancel", "id", one, "id", other, "id", EVIL);

        Pages.check(cancelled);
        assertThat(cancelled.page().select("tbody td:nth-child(2)").eachText())
                .containsExactly("done", "done", "failed");
        assertThat(cancelled.page().select("tbody td:nth-child(3)").eachText())
                .containsExactly("It is cancelled.", "It is cancelled.", "Job " + EVIL + " not found.");
        Shown late = browser.post("/ui/jobs/selected", "action", "cancel", "id", one);
        assertThat(late.page().select("tbody td:nth-child(2)").text()).isEqualTo("skipped");
        assertThat(late.page().select("tbody td:nth-child(3)").text())
                .isEqualTo("It had ended before: it is cancelled.");
        Shown again = browser.post("/ui/jobs/" + one + "/cancel");
        Pages.check(again);
        assertThat(again.page().select(".notice").eachText())
                .hasSize(2)
                .contains("It was not cancelled: it had ended before.");
        Shown repeated = browser.post("/ui/jobs/selected", "action", "retry", "id", one, "id", other);
        assertThat(repeated.page().select("tbody td:nth-child(4) a")).hasSize(2);
        assertThat(browser.post("/ui/jobs/selected", "action", "cancel").text())
                .contains("No job was selected", "Nothing was changed.");
    }

    @Test
    void formsOfTooManyFieldsAreRefusedAndChangeNothing() {
        String id = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        String[] selected = new String[2 * 52];
        Arrays.setAll(selected, i -> i % 2 == 0 ? "id" : id);
        selected[0] = "action";
        selected[1] = "cancel";

        Shown refused = browser.post("/ui/jobs/selected", selected);

        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("At most 50 jobs can be selected");
        assertThat(browser.get("/ui/jobs/" + id).page().select("h1 .status").text())
                .isEqualTo("pending");
        String[] many = new String[2 * 5_001];
        Arrays.fill(many, "");
        Shown endless = browser.post("/ui/tools/echo", many);
        Pages.check(endless);
        assertThat(endless.status()).isEqualTo(400);
        assertThat(endless.text()).contains("more than 5000 fields");
    }

    @Test
    void jobsThatFailedAlikeAreFoundAndRepeatedTogether() {
        String last = "";
        for (int i = 0; i < 3; i++) {
            last = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 1}");
            String failure = "{\"message\": \"cannot read /data/run-%d/x.fasta: error %d\", \"retryable\": false}";
            NODE.api("POST", NODE.claim() + "/fail", failure.formatted(i, i), null);
        }

        Element alike = browser.get("/ui/jobs/" + last).page().selectFirst("#error a");

        assertThat(alike.text()).isEqualTo("2 others failed alike");
        Shown list = browser.get(alike.attr("href"));
        Pages.check(list);
        assertThat(list.page().select("tbody tr")).hasSize(3);
        String all = list.page().select("a:contains(Run again…)").attr("href");
        assertThat(browser.get(all).text()).contains("3 jobs match: failed jobs that failed alike");
    }

    @Test
    void formsOfOtherSitesAreRefused() {
        String id = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");

        for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
            assertThat(browser.post(origin, "/ui/jobs/" + id + "/cancel", new String[0])
                            .status())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(browser.get("/ui/jobs/" + id).page().select("h1 .status").text())
                .isEqualTo("pending");
    }

    private static void awaitCompleted(String operation) {
        Await.until(
                "the operation is done",
                Await.LONG,
                () -> NODE.api("GET", "/v1" + operation.replaceFirst("/ui", ""), "", null)
                        .path("state")
                        .asText()
                        .equals("completed"));
    }

    @Test
    void allThatMatchAreCancelledAfterAPreviewWithAnOutcomeForEach() {
        String batch =
                NODE.api("POST", "/v1/jobs/batch", """
                {"jobs": [{"tool": "ping", "run_at": "2099-01-01T00:00:00Z"},
                          {"tool": "step", "run_at": "2099-01-01T00:00:00Z"}]}""", null).path("batch_id").asText();
        Shown list = browser.get("/ui/jobs?batch_id=" + batch);
        String cancel = list.page().select(".bar a:contains(Cancel…)").attr("href");
        assertThat(cancel).startsWith("/ui/jobs/all/cancel?batch_id=");

        Shown preview = browser.get(cancel);
        Pages.check(preview);
        assertThat(preview.text()).contains("2 jobs match: pending or running jobs of the batch " + batch);
        assertThat(preview.page().select("tbody tr")).hasSize(2);
        assertThat(preview.page().select("input[name=typed]")).isEmpty();
        assertThat(preview.page().select(".commands").text())
                .contains("/v1/operations -d '{\"kind\":\"cancel\",\"filter\":{\"batch_id\":\"" + batch)
                .contains("app.jar operation create cancel --filter");
        assertThat(browser.get("/ui/jobs?batch_id=" + batch)
                        .page()
                        .select("tbody .status")
                        .eachText())
                .containsOnly("pending");

        String form = preview.page().select("form.submit").attr("action");
        String once = preview.page().select("form.submit input[name=once]").val();
        Shown begun = browser.post(form, "once", once);
        Pages.check(begun);
        assertThat(begun.path()).startsWith("/ui/operations/");
        assertThat(browser.post(form, "once", once).path()).isEqualTo(begun.path());
        awaitCompleted(begun.path());

        Shown ended = browser.get(begun.path());
        Pages.check(ended);
        assertThat(ended.page().select("h1 .status").text()).isEqualTo("completed");
        assertThat(ended.page().select("#progress").text()).contains("Each job has an outcome.");
        assertThat(ended.page().select("#outcomes tbody tr").eachText())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).contains("done").contains("It is cancelled."));
        assertThat(ended.page().select("#tabs li").eachText()).contains("All 2", "done 2", "failed 0");
        assertThat(browser.get(begun.path() + "?outcome=failed").text()).contains("No job here.");
        Shown all = browser.get("/ui/operations");
        Pages.check(all);
        assertThat(all.page().select("tbody tr").eachText()).anyMatch(row -> row.contains("of the batch " + batch));
    }

    @Test
    void aGroupOfFailuresIsRunAgainTogetherAndALargeOneAsksForAWord() throws Exception {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO jobs (tool_name, trace_id, parameters, status, error_code, error_message, failure,
                                      started_at, completed_at, expires_at)
                    SELECT 'ping', 'trace', '{}', 'failed', 'TOOL_ERROR', 'no room', '5f0c9a1be24d7783',
                           NOW(), NOW(), NOW() + INTERVAL '1 day'
                    FROM generate_series(1, 1001)
                    """);
        }
        Shown list = browser.get("/ui/jobs?failure=5f0c9a1be24d7783&status=failed");
        Shown preview =
                browser.get(list.page().select(".bar a:contains(Run again…)").attr("href"));
        Pages.check(preview);
        assertThat(preview.text()).contains("failed jobs that failed alike, such as “no room”");
        String form = preview.page().select("form.submit").attr("action");

        Shown refused = browser.post(form, "once", "x", "typed", "yes");
        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("#typed-wrong").text()).contains("Type \"run again\" to go on.");

        assertThat(refused.page().select("form.submit button").text()).startsWith("Run again");
        assertThat("Run again")
                .matches(refused.page().select("input[name=typed]").attr("pattern"));
        Shown begun = browser.post(form, "once", "x", "typed", " Run again ");
        Pages.check(begun);
        awaitCompleted(begun.path());
        Shown ended = browser.get(begun.path());
        assertThat(ended.page().select("#tabs li").eachText()).anyMatch(tab -> tab.matches("done 1.001"));
        Element row = ended.page().select("#outcomes tbody tr").first();
        assertThat(ended.text()).contains("On failed jobs that failed alike, such as “no room”.");
        assertThat(browser.get("/ui/operations")
                        .page()
                        .select("tbody td:nth-child(3)")
                        .eachText())
                .contains("failed jobs that failed alike, such as “no room”");
        String job = row.select("td:nth-child(5) a").attr("href");
        NODE.await(
                job.replaceFirst(".*/", ""), now -> now.path("status").asText().equals("completed"));
        Shown later = browser.get(begun.path());
        assertThat(later.page()
                        .select("#outcomes a[href=" + job + "]")
                        .parents()
                        .select("tr")
                        .first()
                        .text())
                .endsWith("completed");
        assertThat(later.text()).containsPattern("The new jobs shown here: .*\\d+ completed");
        assertThat(NODE.api("GET", "/v1" + job.replaceFirst("/ui", ""), "", null)
                        .path("retry_of")
                        .asText())
                .startsWith(row.select("td:nth-child(2) a").text());
        Shown next = browser.get(ended.page().select("a[rel=next]").attr("href"));
        Pages.check(next);
        assertThat(next.page().select("#outcomes tbody tr").first().text()).startsWith("101");
    }

    @Test
    void aRefusedActionLeadsBackToItsPageWithItsFilter() {
        String preview = "/ui/jobs/all/cancel?tool=x&status=failed";
        Shown refused = browser.post(preview);
        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("main a:contains(Try again)").attr("href"))
                .isEqualTo(preview);
        assertThat(refused.page().select("input[name=to]").val()).isEqualTo(preview);

        Shown gone = browser.post("/ui/jobs/3f2504e0-4f89-41d3-9a0c-0305e82c3301/cancel");
        Pages.check(gone);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.page().select("main a").eachText()).containsExactly("All jobs");
        assertThat(gone.page().select("input[name=to]").val()).isEqualTo("/ui");
    }

    @Test
    void allThatMatchAParamWithAForeignNameAreFound() {
        String id = NODE.submit("{\"tool\": \"step\", \"params\": {\"gr\u00f6\u00dfe in m\": 7}}");
        NODE.submit("{\"tool\": \"step\", \"params\": {\"gr\u00f6\u00dfe in m\": 8}}");
        Shown all = browser.get("/ui/jobs/all/cancel?params.gr%C3%B6%C3%9Fe%20in%20m=7");
        Pages.check(all);
        assertThat(all.text()).contains("with params.gr\u00f6\u00dfe in m = 7");
        assertThat(all.page().select("tbody[id=rows] tr").eachAttr("id")).containsExactly("job-" + id);
    }

    @Test
    void nothingToChangeAndUnknownOperationsAreExplained() {
        Shown none = browser.get("/ui/jobs/all/retry?tool=no-such-tool");
        Pages.check(none);
        assertThat(none.text()).contains("No job matches: failed jobs of the tool no-such-tool.");
        assertThat(none.page().select("form.submit")).isEmpty();
        Shown gone = browser.get("/ui/operations/3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        Pages.check(gone);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.text()).contains("There is no operation");
        for (String mistyped : List.of("since=abc", "tol=align", "params.=1", "tool=ping&status=gone")) {
            assertThat(browser.get("/ui/jobs/all/cancel?" + mistyped).status())
                    .as(mistyped)
                    .isEqualTo(422);
        }
        Shown wrong = browser.get("/ui/jobs/all/cancel?tool=ping&status=failed");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
    }
}
