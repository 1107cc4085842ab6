package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages that lead from an error to its cause: failures in groups, logs and chains, seen by a browser without scripts. */
class WhatWentWrongTest {
    private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;${7*7}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    private static String json(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String failed(String message) {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 1}");
        NODE.api("POST", NODE.claim() + "/fail", "{\"message\": " + json(message) + ", \"retryable\": false}", null);
        return id;
    }

    @Test
    void aFailureIsFoundByItsTextAndItsJobsRunAgainTogether() {
        String first = failed("cannot open /data/run-17/genes.fasta");
        String second = failed("cannot open /data/run-18/genes.fasta");
        failed("out of memory");

        Shown all = browser.get("/ui/failures");
        Pages.check(all);
        assertThat(all.page().select("nav a[aria-current]").text()).isEqualTo("Failures");
        assertThat(all.page().select("tbody th").eachText())
                .anyMatch(row -> row.startsWith("out of memory"))
                .anyMatch(row -> row.startsWith("cannot open /data/run-18"));

        Shown found = browser.get("/ui/failures?since=24h&tool=&error=RUN-17");
        Pages.check(found);
        assertThat(found.page().select("tbody tr")).hasSize(1);
        Element row = found.page().selectFirst("tbody tr");
        assertThat(row.select("td").get(0).text()).isEqualTo("1");
        assertThat(row.text())
                .contains("run-17")
                .contains("now")
                .contains("step")
                .contains("w");
        assertThat(row.select("svg[role=img]").attr("aria-label")).startsWith("at most 1 in 1 h");
        assertThat(row.select("a.mono").attr("href")).isEqualTo("/ui/jobs/" + first);
        assertThat(found.page().select("input[name=error]").val()).isEqualTo("RUN-17");
        assertThat(found.page().select(".commands").text())
                .contains("/v1/failures?since=")
                .contains("&error=RUN-17");

        Element group = browser.get("/ui/failures?error=cannot").page().selectFirst("tbody tr");
        assertThat(group.select("td").get(0).text()).isEqualTo("2");
        Shown jobs = browser.get(group.select("a[data-open]").attr("href"));
        assertThat(jobs.page().select("tbody tr").eachAttr("id")).containsExactly("job-" + second, "job-" + first);
        Shown preview = browser.get(group.select(".actions-cell a").attr("href"));
        Pages.check(preview);
        assertThat(preview.text()).contains("2 jobs");
        assertThat(browser.get("/ui/jobs/" + first).page().select("#error a").text())
                .isEqualTo("1 other failed alike");
    }

    @Test
    void whereNothingFailedThePageSaysWhatWasSearched() {
        Shown none = browser.get("/ui/failures?since=7d&error=no%20such%20text");
        Pages.check(none);
        assertThat(none.text()).contains("No failure of the last 7 days matches. All of them were searched.");

        Shown wrong = browser.get("/ui/failures?since=9y");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("must be one of 1h, 24h, 7d");
    }

    @Test
    void textOfErrorsIsNeverMarkup() {
        failed(EVIL);

        Shown shown = browser.get("/ui/failures?error=" + encoded(EVIL));

        Pages.check(shown);
        assertThat(shown.page().select("img")).isEmpty();
        assertThat(shown.page().select("tbody th a").first().wholeText()).isEqualTo(EVIL);
        Pages.check(browser.get("/ui/failures?tool=" + encoded(EVIL)));
    }

    /** A job that has failed, with this many lines in its log and an error in the middle. */
    private static String logged(int lines) throws SQLException {
        String id = failed("it ended early");
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO job_logs (job_id, attempt, logged_at, line) SELECT '" + id
                    + "', 1, NOW(), CASE n WHEN " + lines / 2 + " THEN 'ValueError: in step ' ELSE 'step ' END || n"
                    + " FROM generate_series(1, " + lines + ") n");
        }
        return id;
    }

    private static List<String> lines(Shown shown) {
        return shown.page().select("pre.log > span:not(.attempt)").eachText().stream()
                .map(line -> line.replaceFirst("^\\S+ ", ""))
                .toList();
    }

    @Test
    void aLongLogIsReadFromItsEndInPagesThatFollowEachOther() throws SQLException {
        String log = "/ui/jobs/" + logged(1_000) + "/logs";
        Shown shown = browser.get(log);
        Pages.check(shown);
        assertThat(lines(shown)).hasSize(200).endsWith("step 1000");
        assertThat(shown.page().select("a[rel=next]")).isEmpty();
        for (int page = 4; page > 0; page--) {
            shown = browser.get(shown.page().select("a[rel=prev]").attr("href"));
            Pages.check(shown);
            assertThat(lines(shown)).hasSize(200).endsWith("step " + 200 * page);
        }
        shown = browser.get(shown.page().select("a[rel=next]").attr("href"));
        assertThat(lines(shown)).hasSize(200).startsWith("step 201");
        shown = browser.get(shown.page().select(".pages a:contains(Beginning)").attr("href"));
        assertThat(lines(shown)).hasSize(200).startsWith("step 1");
        shown = browser.get(shown.page().select(".pages a:contains(End)").attr("href"));
        assertThat(lines(shown)).endsWith("step 1000");
        assertThat(browser.get(log.replace("/logs", "/log.txt")).answer().body().lines())
                .hasSize(1_000);
    }

    @Test
    void theHeadersOfALogSayNoLengthThatItHasNot() throws SQLException {
        Shown head = browser.head("/ui/jobs/" + logged(1) + "/log.txt");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(head.header("Content-Length")).isEmpty();
    }

    @Test
    void theErrorIsJumpedToAndItsLineHasAnAddress() throws SQLException {
        String log = "/ui/jobs/" + logged(1_000) + "/logs";
        for (String jump : List.of("/first-error", "/last-error")) {
            Shown error = browser.get(log + jump);
            Pages.check(error);
            assertThat(error.page().select("pre .target").text()).endsWith("ValueError: in step 500");
            assertThat(lines(error)).hasSize(200).contains("step 410", "step 590");
            assertThat(error.answer().uri().toString())
                    .matches(".*/logs\\?line=\\d+#L\\d+")
                    .endsWith("#" + error.page().select("pre .target").attr("id"));
        }
        Shown found = browser.get(log + "?q=STEP%2050&errors=");
        Pages.check(found);
        assertThat(lines(found)).hasSize(11).contains("step 50", "step 509");
        assertThat(found.page().select("mark").eachText()).containsOnly("step 50");
        Shown line =
                browser.get(found.page().select("pre a:last-of-type").last().attr("href"));
        assertThat(line.page().select("pre .target").text()).endsWith("step 509");
        assertThat(browser.get(log + "?errors=true").page().select("pre > span"))
                .hasSize(1);
        assertThat(line.page().select(".commands").text())
                .contains("/logs?after=")
                .contains("job logs");
    }

    @Test
    void whatIsNotInALogIsSaid() throws SQLException {
        String log = "/ui/jobs/" + failed("nothing was logged") + "/logs";
        Shown empty = browser.get(log);
        Pages.check(empty);
        assertThat(empty.text()).contains("It has logged nothing.");
        Shown error = browser.get(log + "/last-error");
        Pages.check(error);
        assertThat(error.text()).contains("No line of this log looks like an error.");
        Shown none = browser.get(log + "?q=nothing");
        Pages.check(none);
        assertThat(none.text()).contains("No line matches.");
        assertThat(browser.get(log + "?line=7").text()).contains("Line 7 is not in this log.");
        Shown wrong = browser.get(log + "?line=x&attempt=0");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(browser.get("/ui/jobs/nonsense/logs").status()).isEqualTo(404);
    }

    @Test
    void theLogOfOneAttemptIsChosen() {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 2, \"retry\": {\"backoff\": \"1ms\"}}");
        for (int attempt = 1; attempt <= 2; attempt++) {
            String claimed = NODE.claim();
            NODE.api("POST", claimed + "/logs", "{\"lines\": [\"of attempt " + attempt + "\"]}", null);
            NODE.api("POST", claimed + "/fail", "{\"message\": \"again\"}", null);
        }
        Shown all = browser.get("/ui/jobs/" + id + "/logs");
        Pages.check(all);
        assertThat(lines(all)).containsExactly("of attempt 1", "of attempt 2");
        assertThat(all.page().select("pre.log > .attempt").eachText()).containsExactly("attempt 1", "attempt 2");
        Shown one = browser.get(all.page().select(".tabs a:contains(2)").attr("href"));
        Pages.check(one);
        assertThat(lines(one)).containsExactly("of attempt 2");
        assertThat(browser.get(one.page().select("a[download]").attr("href"))
                        .answer()
                        .body())
                .contains("of attempt 2")
                .doesNotContain("of attempt 1");
    }

    @Test
    void textOfLogsIsNeverMarkupAndLongLinesAreCut() {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 1}");
        NODE.api(
                "POST",
                NODE.claim() + "/logs",
                "{\"lines\": [" + json(EVIL) + ", " + json(EVIL + "x".repeat(5_000)) + "]}",
                null);
        String log = "/ui/jobs/" + id + "/logs";
        for (String path : List.of(log, log + "?q=" + encoded(EVIL), log + "?q=%3Cscript", log + "?line=0")) {
            Shown shown = browser.get(path);
            Pages.check(shown);
            assertThat(shown.page().select("img, pre script")).isEmpty();
            assertThat(shown.page().wholeText()).contains(EVIL);
            assertThat(shown.page().wholeText()).doesNotContain("x".repeat(2_000));
        }
        String whole = browser.get(log).page().select("pre a:contains(whole)").attr("href");
        assertThat(browser.get(whole).page().wholeText()).contains("x".repeat(5_000));
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    @Test
    void theChainOfAJobIsDrawnWithLinks() throws SQLException {
        String first = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        String second = NODE.submit("{\"tool\": \"ping\", \"after\": [\"" + first + "\"]}");
        String third = NODE.submit("{\"tool\": \"echo\", \"after\": [\"" + first + "\", \"" + second + "\"]}");

        Shown shown = browser.get("/ui/jobs/" + second);

        Pages.check(shown);
        assertThat(shown.page().select("#chain a").eachAttr("href"))
                .containsExactlyInAnyOrder("/ui/jobs/" + first, "/ui/jobs/" + second, "/ui/jobs/" + third);
        assertThat(shown.page().select("#chain a[aria-current]").attr("href")).isEqualTo("/ui/jobs/" + second);
        assertThat(shown.page().select("#chain a[href$=" + third + "]").attr("aria-label"))
                .startsWith("echo " + third.substring(0, 8) + ", pending, after ")
                .contains(first.substring(0, 8), second.substring(0, 8));
        assertThat(shown.page().select("#chain rect").eachAttr("x"))
                .as("each job right of those before it")
                .containsExactlyInAnyOrder("2", "238", "474");
        assertThat(shown.page().select("#chain rect").eachAttr("x"))
                .as("the keyboard goes as the drawing does")
                .isSortedAccordingTo(Comparator.comparingInt(Integer::parseInt));
        assertThat(shown.page().select("#chain path").attr("d").split("M")).hasSize(4);
        sql("DELETE FROM jobs WHERE id = '" + first + "'");
        Shown removed = browser.get("/ui/jobs/" + third);
        Pages.check(removed);
        assertThat(removed.page().select("#chain a.gone").text()).startsWith("removed");
        assertThat(browser.get("/ui/jobs/" + NODE.run("{\"tool\": \"ping\"}"))
                        .page()
                        .select("#chain a"))
                .isEmpty();
    }

    @Test
    void theOthersOfABatchAreShown() {
        String batch = NODE.api(
                        "POST", "/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"ping\"}, {\"tool\": \"ping\"}]}", null)
                .path("batch_id")
                .asText();
        List<String> jobs =
                NODE.api("GET", "/v1/jobs?batch_id=" + batch, "", null).findValuesAsText("job_id");
        Shown shown = browser.get("/ui/jobs/" + jobs.get(0));
        Pages.check(shown);
        assertThat(shown.page()
                        .select("section[aria-labelledby=t-batch] tbody tr")
                        .eachAttr("id"))
                .containsExactly("job-" + jobs.get(1));
    }

    @Test
    void eachLineOfTheTimelineHasTheTimeOfWhatItSays() throws SQLException {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 2, \"retry\": {\"backoff\": \"1ms\"}}");
        NODE.api("POST", NODE.claim(id) + "/fail", "{\"message\": \"again\"}", null);
        NODE.claim(id);
        NODE.api("DELETE", "/v1/jobs/" + id, "", null);
        sql("UPDATE job_attempts SET started_at = '2020-01-01T00:00:01Z', ended_at = '2020-01-01T00:00:05Z'"
                + " WHERE job_id = '" + id + "'");
        sql("UPDATE jobs SET created_at = '2020-01-01T00:00:00Z', started_at = '2020-01-01T00:00:07Z',"
                + " completed_at = '2020-01-01T00:00:42Z' WHERE id = '" + id + "'");

        Element timeline = browser.get("/ui/jobs/" + id).page().getElementById("timeline");

        assertThat(timeline.select("li strong").eachText())
                .startsWith("Submitted", "Attempt 1 on w: failed", "Attempt 2 on w: cancelled")
                .doesNotContain("Cancelled");
        assertThat(timeline.select("li time").eachAttr("title"))
                .startsWith("2020-01-01 00:00:00 UTC", "2020-01-01 00:00:05 UTC", "2020-01-01 00:00:42 UTC");
        String running = NODE.submit("{\"tool\": \"step\"}");
        NODE.claim(running);
        Element began = browser.get("/ui/jobs/" + running).page().selectFirst("#timeline li:contains(began)");
        assertThat(began.select("strong").text()).isEqualTo("Attempt 1 on w: began");
        assertThat(began.select("time").attr("datetime"))
                .isEqualTo(NODE.api("GET", "/v1/jobs/" + running + "/attempts", "", null)
                        .at("/attempts/0/started_at")
                        .asText());
        NODE.api("DELETE", "/v1/jobs/" + running, "", null);
        String waiting = NODE.submit("{\"tool\": \"step\"}");
        Element waits =
                browser.get("/ui/jobs/" + waiting).page().select("#timeline li").last();
        assertThat(waits.select("time")).isEmpty();
        assertThat(waits.select(".quiet").text()).startsWith("for ");
        String behind = NODE.submit(
                "{\"tool\": \"ping\", \"after\": [\"" + waiting + "\"], \"run_at\": \"2099-01-01T00:00:00Z\"}");
        assertThat(browser.get("/ui/jobs/" + behind)
                        .page()
                        .select("#timeline li")
                        .last()
                        .select("time"))
                .as("the end of the other job has no time yet")
                .isEmpty();
        NODE.api("DELETE", "/v1/jobs/" + behind, "", null);
        NODE.api("DELETE", "/v1/jobs/" + waiting, "", null);
    }

    @Test
    void theTimelineTellsWhichNodeTookOverAndWhoHoldsTheJob() throws SQLException {
        String id = NODE.run("{\"tool\": \"ping\"}");
        sql("UPDATE jobs SET attempt = 3, node_name = 'cork', started_at = created_at + INTERVAL '60 s',"
                + " completed_at = created_at + INTERVAL '61 s' WHERE id = '" + id + "'");
        sql(
                "INSERT INTO job_attempts SELECT id, 1, 'agra', created_at, created_at + INTERVAL '37 s', 'WORKER_LOST', 'lost',"
                        + " created_at + INTERVAL '20 s' FROM jobs WHERE id = '" + id + "'");
        sql("INSERT INTO job_attempts SELECT id, 2, 'bonn', created_at + INTERVAL '38 s', created_at + INTERVAL '55 s',"
                + " 'GIVEN_BACK', 'stopped' FROM jobs WHERE id = '" + id + "'");

        Shown shown = browser.get("/ui/jobs/" + id);

        Pages.check(shown);
        assertThat(shown.page().select("#timeline li").eachText())
                .anyMatch(step -> step.contains("Attempt 1 on agra: its node was lost"))
                .anyMatch(step -> step.contains("bonn took over from agra after 18 s, ran for 17 s"))
                .anyMatch(step -> step.contains("cork took over from bonn after 5.0 s"));
        sql("UPDATE job_attempts SET heard_at = NULL WHERE job_id = '" + id + "'");
        assertThat(browser.get("/ui/jobs/" + id).page().select("#timeline li").eachText())
                .anyMatch(step -> step.contains("bonn took over from agra, ran for 17 s"));
        String running = NODE.submit("{\"tool\": \"sleep\", \"params\": {\"seconds\": 3000}}");
        NODE.await(running, job -> job.path("status").asText().equals("running"));
        assertThat(browser.get("/ui/jobs/" + running).page().select("#timeline").text())
                .containsPattern("held by oslo, whose lease ends in \\d+ s unless renewed");
        NODE.api("DELETE", "/v1/jobs/" + running, "", null);
    }
}
