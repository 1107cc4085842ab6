package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        // Leases move on without any news that a stream would tell.
        assertThat(nodes.page().select("#nodes").attr("data-every")).isNotEmpty();

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
        String next = "/ui/jobs?tool=step&status=pending&since=1h";
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
        assertThat(job.page().select("#files li a").eachText()).contains("a <b>.svg", "plot #2?;%.png");
        String semicolon = job.page().select("#files a:contains(a;b.txt)").attr("href");
        assertThat(browser.get(semicolon).answer().body()).isEqualTo("1");
        String percent = job.page().select("#files a:contains(100%.txt)").attr("href");
        assertThat(browser.get(percent).answer().body()).isEqualTo("2");
        List<String> images = job.page().select("#files img").eachAttr("src");
        assertThat(images).hasSize(2);
        assertThat(images)
                .allMatch(image -> browser.get(image).header("Content-Type").equals("image/png"));
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
                folder + "kept.js",
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
}
