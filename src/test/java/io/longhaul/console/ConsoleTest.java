package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages on a node that asks nobody who they are, seen by a browser without scripts. */
class ConsoleTest {
    private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;${7*7}";
    private static final int LIST_BUDGET = 40 * 1024;
    private static final int OVERVIEW_BUDGET = 60 * 1024;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    @Test
    void theRootLeadsToTheOverview() {
        NODE.run("{\"tool\": \"ping\"}");

        Shown shown = browser.get("/");

        Pages.check(shown);
        assertThat(shown.path()).isEqualTo("/ui");
        assertThat(shown.page().select("#tiles").text())
                .contains("Pending")
                .contains("Nodes")
                .contains("Schema fits");
        assertThat(shown.page().select("header nav a[aria-current]").text()).isEqualTo("Overview");
    }

    @Test
    void nodesAndSchemaAreShown() {
        Shown nodes = browser.get("/ui/nodes");
        Pages.check(nodes);
        assertThat(nodes.page().select("tbody tr").text())
                .contains("oslo")
                .contains("alive")
                .contains("echo");

        Shown schema = browser.get("/ui/schema");

        Pages.check(schema);
        assertThat(schema.page().select("h1").text()).isEqualTo("Schema fits");
        assertThat(schema.page().select(".tiles").text())
                .contains("Pending changesets 0")
                .contains("Migration none runs");
    }

    @Test
    void theRoutesOfTheApiStay() {
        for (String path : List.of("/v1/jobs", "/healthz", "/readyz", "/health", "/openapi.json")) {
            Shown shown = browser.get(path);
            assertThat(shown.status()).as(path).isEqualTo(200);
            assertThat(shown.header("Content-Type")).as(path).startsWith("application/json");
            assertThat(shown.header("Content-Security-Policy")).isEqualTo("default-src 'none'; frame-ancestors 'none'");
        }
        assertThat(browser.get("/nothing").header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void theListShowsJobsWithoutTheirParamsAndResults() {
        String id = NODE.run("{\"tool\": \"echo\", \"params\": {\"secret\": \"kept-out-of-lists\"}}");

        Shown shown = browser.get("/ui/jobs");

        Pages.check(shown);
        Element row = shown.page().getElementById("job-" + id);
        assertThat(row.select(".status").text()).isEqualTo("completed");
        assertThat(row.select("a[data-open]").attr("href")).isEqualTo("/ui/jobs/" + id);
        assertThat(shown.answer().body()).doesNotContain("kept-out-of-lists");
        assertThat(shown.page().select("#read-at time").attr("datetime")).isNotEmpty();
    }

    @Test
    void theFilterIsInTheAddress() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        NODE.api("POST", "/v1/jobs", "{\"tool\": \"ping\"}", null);
        String later = NODE.submit("{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}");

        Document pending = browser.get("/ui/jobs?status=pending&tool=ping").page();

        assertThat(pending.select("tbody tr").eachAttr("id")).contains("job-" + later);
        assertThat(pending.select("tbody .status").eachText()).containsOnly("pending");
        assertThat(pending.select("tbody .tool").eachText()).containsOnly("ping");
        assertThat(pending.select("input[name=tool]").val()).isEqualTo("ping");
        assertThat(pending.select(".tabs a[aria-current]").text()).startsWith("pending");
        assertThat(pending.select(".commands").text())
                .contains("/v1/jobs?status=pending&tool=ping")
                .contains("job list --status pending --tool ping");
        Shown none = browser.get("/ui/jobs?tool=&error=&trace_id=" + trace + "&since=");
        Pages.check(none);
        assertThat(none.text()).contains("No job matches.");
    }

    @Test
    void theSearchBoxTakesAnIdATraceOrAnError() {
        String id = NODE.submit("{\"tool\": \"ping\"}");

        assertThat(browser.get("/ui/jobs?q=%20" + id + "%20").path()).isEqualTo("/ui/jobs/" + id);
        assertThat(browser.get("/ui/jobs?q=4bf92f3577b34da6a3ce929d0e0e4736")
                        .answer()
                        .uri()
                        .getQuery())
                .isEqualTo("trace_id=4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(browser.get("/ui/jobs?q=no%20such%20file").answer().uri().getQuery())
                .isEqualTo("error=no such file");
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepetition() {
        for (int i = 0; i < 60; i++) {
            NODE.submit("{\"tool\": \"step\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        }
        Set<String> seen = new LinkedHashSet<>();
        String next = "/ui/jobs?tool=step&status=pending";
        while (!next.isEmpty()) {
            Shown shown = browser.get(next);
            Pages.check(shown);
            shown.page()
                    .select("tbody tr")
                    .eachAttr("id")
                    .forEach(id -> assertThat(seen.add(id)).isTrue());
            next = shown.page().select("a[rel=next]").attr("href");
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(60);
    }

    @Test
    void schedulesAreShownPausedAndRun() {
        NODE.api(
                "POST",
                "/v1/schedules",
                "{\"name\": \"nightly <b>\", \"tool\": \"ping\", \"cron\": \"0 3 * * *\"}",
                null);
        Shown shown = browser.get("/ui/schedules");
        Pages.check(shown);
        assertThat(shown.page().select("tbody tr").text())
                .contains("nightly <b>")
                .contains("03:00:00 UTC");

        Shown paused = browser.post(shown.page().select("form[action$=pause]").attr("action"));
        assertThat(paused.page().select("tbody .status").text()).isEqualTo("paused");
        assertThat(browser.post(paused.page().select("form[action$=resume]").attr("action"))
                        .page()
                        .select("tbody .status"))
                .isEmpty();
        Shown run = browser.post(shown.page().select("form[action$=run]").attr("action"));

        assertThat(run.page().select("tbody tr")).hasSize(1);
        Shown audit = browser.get("/ui/audit");
        Pages.check(audit);
        assertThat(audit.page().select("tbody tr").eachText()).anyMatch(row -> row.contains("/pause"));
    }

    @Test
    void filesOfAJobAreShownAndImagesAreSeen() {
        String id = NODE.run("{\"tool\": \"draws\"}");

        Shown job = browser.get("/ui/jobs/" + id);

        Pages.check(job);
        assertThat(job.page().select("#files li a").eachText()).containsExactly("a <b>.svg", "plot 1.png");
        String image = job.page().select("#files img").attr("src");
        assertThat(image).endsWith("/files/plot%201.png");
        assertThat(browser.get(image).header("Content-Type")).isEqualTo("image/png");
        String markup = job.page().select("#files a:contains(svg)").attr("href");
        assertThat(browser.get(markup).status()).isEqualTo(200);
        assertThat(browser.get(markup).header("Content-Security-Policy")).contains("default-src 'none'");
    }

    @Test
    void aWrongFilterIsExplained() {
        Shown shown = browser.get("/ui/jobs?status=gone&created_after=yesterday");

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(422);
        assertThat(shown.text())
                .contains("must be one or more of pending, running")
                .contains("must be a time in ISO-8601");
    }

    @Test
    void whatAPageDoesNotKnowOfItsAddressStandsAtItsTop() {
        Shown list = browser.get("/ui/jobs?statu=failed&from=yesterday");

        Pages.check(list);
        assertThat(list.page().select("#ignored p").eachText())
                .containsExactlyInAnyOrder(
                        "statu is no parameter of this page: did you mean status? This page ignores it.",
                        "from is no parameter of this page, which takes status, tool, trace_id, id_prefix, trace_id_prefix, error, failure, since,"
                                + " created_after, created_before, batch_id, schedule_id, params., columns, sort,"
                                + " cursor, param, value, q. This page ignores it.");
        for (String path : List.of(
                "/ui/failures?sinc=1h",
                "/ui?spam=7d",
                "/ui/operations?after=1",
                "/ui/tools?tool=echo",
                "/ui/schedules?before=a",
                "/ui/nodes?node=a",
                "/ui/schema?level=1",
                "/ui/audit?until=1")) {
            assertThat(browser.get(path).page().select("#ignored p")).as(path).hasSize(1);
        }
        assertThat(browser.get("/ui/jobs?tool=echo&params.a.b=1&columns=a&since=1h")
                        .page()
                        .select("#ignored"))
                .isEmpty();
    }

    @Test
    void whatAPageKnowsAndCannotReadIsRefused() {
        assertThat(browser.get("/ui/jobs?status=failed,pending").text()).contains("must be one status");
        assertThat(browser.get("/ui?span=year").text()).contains("must be one of 1h, 24h, 7d");
        String id = "00000000-0000-4000-8000-000000000000";
        assertThat(browser.get("/ui/operations/" + id + "?outcome=lost").text())
                .contains("must be one of pending, done, skipped, failed");
    }

    @Test
    void aJobThatIsNotThereIsSaidToBeMissing() {
        Shown shown = browser.get("/ui/jobs/nonsense");

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(404);
        assertThat(shown.text()).contains("Job nonsense not found.");
        Pages.check(browser.get("/ui/nothing"));
    }

    @Test
    void aJobKeepsEveryDigit() {
        String id =
                NODE.run("{\"tool\": \"echo\", \"params\": {\"n\": 12345678901234567890.12300, \"list\": [1.0, {}]}}");

        Shown shown = browser.get("/ui/jobs/" + id);

        Pages.check(shown);
        for (String part : shown.page().select("pre.json").eachText()) {
            assertThat(part).contains("\"n\": 12345678901234567890.12300").contains("1.0");
        }
        assertThat(browser.get("/ui/jobs/" + id + "/result.json").answer().body())
                .contains("12345678901234567890.12300");
        assertThat(browser.get("/ui/jobs/" + id + "/params.json").header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"" + id + "-params.json\"");
    }

    @Test
    void ofLargeParamsAndResultsThePageShowsTheBeginning() {
        String large =
                "{\"tool\": \"echo\", \"params\": {\"end\": \"here\", \"much\": \"" + "é".repeat(80_000) + "\"}}";
        String id = NODE.run(large);

        Shown shown = browser.get("/ui/jobs/" + id + "?compare=" + NODE.run(large));

        Pages.check(shown);
        assertThat(shown.page().select("#t-params small, #t-result small").eachText())
                .containsExactly("more than 64 KiB", "more than 64 KiB");
        assertThat(shown.page().select("pre.json").eachText()).hasSize(2).allMatch(part -> part.length() < 70_000);
        assertThat(shown.text()).contains("too large to be compared");
        for (String part : List.of("params", "result")) {
            assertThat(browser.get("/ui/jobs/" + id + "/" + part + ".json")
                            .answer()
                            .body())
                    .contains("é".repeat(80_000));
        }
    }

    @Test
    void textOfJobsIsNeverMarkup() {
        String json = "\"" + EVIL.replace("\"", "\\\"") + "\"";
        String id = NODE.submit("{\"tool\": \"step\", \"params\": {" + json + ": " + json + "}, \"max_attempts\": 1,"
                + " \"concurrency_key\": " + json + "}");
        String attempt = NODE.claim();
        NODE.api("POST", attempt + "/progress", "{\"fraction\": 0.5, \"message\": " + json + "}", null);
        NODE.api("POST", attempt + "/logs", "{\"lines\": [" + json + "]}", null);
        checkEvil("/ui/jobs/" + id, "running");
        checkEvil("/ui/jobs?tool=step&status=running", "running");

        NODE.api("POST", attempt + "/fail", "{\"message\": " + json + ", \"retryable\": false}", null);

        checkEvil("/ui/jobs/" + id, "failed");
        checkEvil("/ui/jobs?status=failed", "failed");
        checkEvil("/ui/jobs?error=" + java.net.URLEncoder.encode(EVIL, StandardCharsets.UTF_8), "failed");
        assertThat(browser.get("/ui/jobs/" + id + "/log.txt").answer().body()).contains(EVIL);
        Pages.check(browser.get("/ui/jobs?tool=" + java.net.URLEncoder.encode(EVIL, StandardCharsets.UTF_8)));
        String all = "/ui/jobs/all/retry?tool=" + java.net.URLEncoder.encode(EVIL, StandardCharsets.UTF_8);
        checkEvil(browser.get(all));
        checkEvil(browser.post(all));
        checkEvil(browser.get("/ui/operations"));
    }

    private void checkEvil(String path, String status) {
        Shown shown = browser.get(path);
        assertThat(shown.page().select(".status").eachText()).contains(status);
        checkEvil(shown);
    }

    private static void checkEvil(Shown shown) {
        Pages.check(shown);
        assertThat(shown.page().select("img")).isEmpty();
        assertThat(shown.page().wholeText()).contains(EVIL);
    }

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

    @Test
    void theThemeIsKeptAndLeadsNowhereElse() {
        assertThat(browser.post("/ui/theme", "theme", "dark", "to", "/ui/jobs?status=failed")
                        .answer()
                        .uri()
                        .getQuery())
                .isEqualTo("status=failed");
        assertThat(browser.get("/ui/jobs").page().select("html").attr("data-theme"))
                .isEqualTo("dark");
        for (String to : List.of(
                "https://evil.example/",
                "//evil.example",
                "/ui//evil.example\\@",
                "javascript:alert(1)",
                "/uix",
                "/ui/%zz")) {
            assertThat(browser.post("/ui/theme", "theme", "light", "to", to)
                            .answer()
                            .uri()
                            .toString())
                    .startsWith(NODE.url() + "/ui");
        }
    }

    @Test
    void assetsAreKeptForEverAndPagesAreSmall() throws IOException {
        for (int i = 0; i < 60; i++) {
            NODE.submit("{\"tool\": \"step\", \"run_at\": \"2099-01-01T00:00:00Z\"}");
        }
        Shown list = browser.get("/ui/jobs");
        assertThat(list.page().select("tbody tr")).hasSize(50);
        int overview = gzipped(browser.get("/ui").answer().body());
        int size = 0;
        Set<String> assets = new LinkedHashSet<>(
                list.page().select("link[href], script[src]").eachAttr("href"));
        assets.addAll(list.page().select("script[src]").eachAttr("src"));
        String folder = assets.iterator().next().replaceFirst("[^/]*$", "");
        assets.addAll(List.of(
                folder + "live.js",
                folder + "keys.js",
                folder + "forms.js",
                folder + "search.js",
                folder + "icons.svg"));
        assets.remove("");
        for (String asset : assets) {
            Shown shown = browser.get(asset);
            assertThat(shown.status()).as(asset).isEqualTo(200);
            assertThat(shown.header("Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(shown.header("Content-Security-Policy")).isNotEmpty();
            assertThat(shown.answer().body()).as(asset).doesNotContainPattern("(?<!xmlns=\")https?://");
            size += gzipped(shown.answer().body());
        }
        assertThat(gzipped(list.answer().body()) + size).isLessThan(LIST_BUDGET);
        assertThat(overview + size).isLessThan(OVERVIEW_BUDGET);
        assertThat(browser.get("/ui/jobs", "Accept-Encoding", "gzip").header("Content-Encoding"))
                .isEqualTo("gzip");
        assertThat(browser.get(folder + "nothing.css").status()).isEqualTo(404);
        assertThat(browser.get("/ui/assets/0000/console.css").header("Cache-Control"))
                .contains("no-cache");
    }

    private static int gzipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.size();
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
