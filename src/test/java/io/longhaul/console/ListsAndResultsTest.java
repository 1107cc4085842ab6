package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists with chosen params and kept views, the plots of the overview, and results, without scripts. */
class ListsAndResultsTest {
    private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;${7*7}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String json(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    private static String fold(String sequence, String more) {
        return NODE.submit("{\"tool\": \"fold\", \"params\": {\"sequence\": " + json(sequence)
                + ", \"model\": \"small\"" + more + "}}");
    }

    @Test
    void chosenParamsAreColumnsAndFiltersInTheAddress() {
        String one = fold("MKVLAT", ", \"recycles\": 12345678901234567890.10");
        String other = fold("GGGGGG", "");

        Shown shown = browser.get("/ui/jobs?tool=fold&columns=params.sequence&columns=params.recycles,relax");

        Pages.check(shown);
        assertThat(shown.page().select("th.param").eachText()).containsExactly("sequence", "recycles", "relax");
        assertThat(shown.page().select("#job-" + one + " td.param").eachText())
                .containsExactly("MKVLAT", "12345678901234567890.10", "–");
        assertThat(shown.page().select(".choices input[type=checkbox][checked]").eachAttr("value"))
                .containsExactly("params.sequence", "params.recycles", "params.relax");
        assertThat(shown.page().select(".choices input[type=checkbox]").eachAttr("value"))
                .as("the plain members of the tool's schema")
                .contains("params.model")
                .doesNotContain("params.templates");
        assertThat(shown.page().select("details.params").hasAttr("open")).isTrue();
        assertThat(shown.page().select(".commands").text())
                .contains("fields=job_id%2Ctool%2Cstatus%2Ccreated_at%2Cparams.sequence%2Cparams.recycles");

        Shown found = browser.get("/ui/jobs?tool=fold&columns=params.sequence&params.sequence=GGGGGG&params.model=");
        Pages.check(found);
        assertThat(found.page().select("tbody tr").eachAttr("id")).containsExactly("job-" + other);
        assertThat(found.page().select("input[name=params.sequence]").val()).isEqualTo("GGGGGG");
        assertThat(found.page().select(".tabs a").eachAttr("href"))
                .allMatch(path -> path.contains("params.sequence=GGGGGG"));
        assertThat(found.page().select(".bar a[href*=/all/]"))
                .as("actions on all that match")
                .hasSize(2);
    }

    @Test
    void aMemberIsNamedByHandAndTheAddressIsThatOfTheFilter() {
        String id = NODE.run("{\"tool\": \"echo\", \"params\": {\"options\": {\"depth\": 3}}}");

        Shown shown =
                browser.get("/ui/jobs?status=&tool=echo&param=options.depth&value=3&columns=&columns=options.depth");

        Pages.check(shown);
        assertThat(shown.answer().uri().getQuery())
                .isEqualTo("tool=echo&columns=params.options.depth&params.options.depth=3");
        assertThat(shown.page().select("tbody tr").eachAttr("id")).containsExactly("job-" + id);
        assertThat(shown.page().select("td.param").text()).isEqualTo("3");
        Shown wrong = browser.get("/ui/jobs?param=a..b&value=3&sort=up&columns=..");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text())
                .contains("must name a member")
                .contains("-created_at")
                .contains("/columns");
    }

    @Test
    void theOrderIsInTheAddress() {
        String first = NODE.run("{\"tool\": \"echo\", \"params\": {\"order\": 1}}");
        String second = NODE.run("{\"tool\": \"echo\", \"params\": {\"order\": 2}}");
        String jobs = "/ui/jobs?tool=echo&status=completed&sort=completed_at";

        Document page = browser.get(jobs).page();

        List<String> rows = page.select("tbody tr").eachAttr("id");
        assertThat(rows.indexOf("job-" + first)).isLessThan(rows.indexOf("job-" + second));
        assertThat(page.select("select[name=sort] option[selected]").text()).isEqualTo("the earliest end first");
        assertThat(page.select("tbody[data-rows]"))
                .as("new jobs do not come in at the top")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ui/jobs?tool=fold&tool=ping",
                "/ui/jobs?error=a&error=b",
                "/ui/jobs?params.a=1&params.a=2",
                "/ui/jobs?q=a&q=b",
                "/ui/jobs/all/cancel?tool=fold&tool=ping",
                "/ui/failures?error=a&error=b",
                "/ui/schedules?after=a&after=b"
            })
    void aParameterThatIsThereTwiceIsRefused(String address) {
        Shown shown = browser.get(address);

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(422);
        assertThat(shown.text()).contains("is there 2 times: send it once");
    }

    @Test
    void columnsAreTickedOneByOne() {
        assertThat(browser.get("/ui/jobs?columns=params.model&columns=relax")
                        .page()
                        .select("th.param")
                        .eachText())
                .containsExactly("model", "relax");
    }

    @Test
    void aPlaceThatCannotBeReadIsRefused() {
        Shown shown = browser.get("/ui/jobs?cursor=zzz");

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(422);
        assertThat(shown.text()).contains("cursor is not one that this list gave: begin without it");
        assertThat(browser.get("/ui/tools/fold?from=zzz").status()).isEqualTo(422);
    }

    @Test
    void paramsAndTheirNamesAreNeverMarkup() {
        String id = NODE.run("{\"tool\": \"echo\", \"params\": {" + json("<b>&\"'>") + ": " + json(EVIL) + "}}");

        Shown shown = browser.get(
                "/ui/jobs?columns=" + encoded("<b>&\"'>") + "&params." + encoded("<b>&\"'>") + "=" + encoded(EVIL));

        Pages.check(shown);
        assertThat(shown.page().select("#job-" + id + " td.param").text()).isEqualTo(EVIL.replace("  ", " "));
        assertThat(shown.page().select("th.param").text()).isEqualTo("<b>&\"'>");
        assertThat(shown.page().select("main img, main b")).isEmpty();
    }

    @Test
    void aListIsKeptAsAViewChosenAndRemoved() {
        Shown list = browser.get("/ui/jobs?status=failed&tool=fold&columns=params.model&since=24h");
        Pages.check(list);
        String query = list.page().select(".views input[name=query]").val();
        assertThat(list.page().select(".views code").text()).contains("-X PUT").contains("/v1/views/NAME");

        Shown kept = browser.post("/ui/views", "name", "  failed folds ", "query", query);

        assertThat(kept.answer().uri().getQuery())
                .isEqualTo(list.answer()
                        .uri()
                        .getQuery()
                        .replace(
                                "status=failed&tool=fold&columns=params.model&since=24h",
                                "status=failed&tool=fold&since=24h&columns=params.model"));
        assertThat(kept.page().select(".views > summary").text()).isEqualTo("failed folds");
        assertThat(kept.page().select(".views a[aria-current]").text()).isEqualTo("failed folds");
        assertThat(browser.get("/ui/jobs").page().select(".views > summary").text())
                .isEqualTo("Views");
        browser.post("/ui/views/shared?" + query, "name", "all failed folds", "query", query);
        Document menu = browser.get("/ui/jobs").page();
        assertThat(menu.select(".views li").eachText().get(0)).startsWith("all failed folds for all");
        assertThat(browser.get("/ui/audit").page().select("tbody tr").eachText())
                .anyMatch(row -> row.contains("/ui/views/shared?status=failed"));

        for (String remove : menu.select(".views li form").eachAttr("action")) {
            assertThat(browser.post(remove).status()).isEqualTo(200);
        }

        assertThat(browser.get("/ui/jobs").page().select(".views li")).isEmpty();
        Shown wrong = browser.post("/ui/views", "name", "a/b", "query", "stauts=x");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ui/views", "/ui/views/shared"})
    void aViewIsReplacedOnceThatIsConfirmed(String address) {
        browser.post(address, "name", "folds & more", "query", "tool=fold");
        browser.post(address, "name", "folds & more", "query", "tool=fold");

        Shown asked = browser.post(address, "name", "folds & more", "query", "tool=ping");

        Pages.check(asked);
        assertThat(asked.status()).isEqualTo(409);
        assertThat(asked.page().select("main a").eachAttr("href"))
                .containsExactly("/ui/jobs?tool=fold", "/ui/jobs?tool=ping", "/ui/jobs?tool=ping");
        Document menu = browser.get("/ui/jobs").page();
        assertThat(menu.select(".views li a").eachAttr("href")).containsExactly("/ui/jobs?tool=fold");
        Element form = asked.page().selectFirst("main form");
        String[] fields = form.select("input").stream()
                .flatMap(field -> Stream.of(field.attr("name"), field.val()))
                .toArray(String[]::new);
        Shown replaced = browser.post(form.attr("action"), fields);
        assertThat(replaced.page().select(".views a[aria-current]").eachAttr("href"))
                .containsExactly("/ui/jobs?tool=ping");
        browser.post(menu.select(".views li form").attr("action"));
    }

    @Test
    void namesOfViewsAreNeverMarkup() {
        String name = "<img src=x onerror=alert(2)>\"'><b>&amp${7*7}";

        Shown kept = browser.post("/ui/views", "name", name, "query", "error=" + encoded(EVIL));

        Pages.check(kept);
        assertThat(kept.page().select(".views > summary").text()).isEqualTo(name);
        assertThat(kept.page().select("main img, main b")).isEmpty();
        browser.post(kept.page().select(".views li form").attr("action"));
    }

    @Test
    void theOverviewPlotsAnHourADayAndAWeekWithTheirNumbers() {
        Jdbi.create(DATABASE.dataSource()).useHandle(handle -> {
            String figures = "20, 12, 3, 1, 4000, 90000, '{0,0,0,0,0,0,0,16}'::bigint[],"
                    + " '{0,0,0,0,0,0,0,0,0,15,1}'::bigint[]";
            handle.execute(
                    "INSERT INTO job_stats (minute, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)"
                            + " SELECT date_trunc('minute', NOW()) - i * INTERVAL '1 min', '<b>fold', " + figures
                            + " FROM generate_series(2, 30) i");
            handle.execute(
                    "INSERT INTO job_stats_hours (hour, tool_name, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)"
                            + " SELECT date_trunc('hour', NOW() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - i * INTERVAL '1 h', '<b>fold', "
                            + figures + " FROM generate_series(0, 150) i");
            handle.execute(
                    "INSERT INTO job_totals (span, at, submitted, completed, failed, cancelled, wait_ms, run_ms, waits, runs)"
                            + " SELECT 60, minute, " + figures + " FROM job_stats UNION ALL SELECT 3600, hour, "
                            + figures
                            + " FROM job_stats_hours ON CONFLICT DO NOTHING");
        });
        Map<String, Integer> steps = Map.of("1h", 60, "24h", 24, "7d", 84);

        for (String span : steps.keySet()) {
            Shown shown = browser.get("/ui?span=" + span);

            Pages.check(shown);
            Document page = shown.page();
            assertThat(page.select("nav[aria-label^=Span] a[aria-current]").attr("href"))
                    .isEqualTo(span.equals("1h") ? "/ui" : "/ui?span=" + span);
            assertThat(page.select(".plots figure")).hasSize(4);
            assertThat(page.select(".plots .field-of-plot svg[role=img]").eachAttr("aria-label"))
                    .hasSize(4)
                    .anyMatch(said -> said.startsWith("Waits: median ≤ 3.0 s, 95th percentile ≤ 3.0 s"))
                    .anyMatch(said -> said.startsWith("Running times: median ≤ 30 s, 95th percentile ≤ 1 min 40 s"));
            assertThat(page.select(".plots rect title")).hasSize(steps.get(span));
            assertThat(page.select("#plots tbody tr").first().text())
                    .contains("≤ 3.0 s")
                    .contains("≤ 30 s");
            assertThat(page.select("#plots tbody tr").size()).isBetween(24, steps.get(span));
            assertThat(page.select("#by-tool th[scope=row]").text()).contains("<b>fold");
            assertThat(page.select("#by-tool .spark path").attr("d")).contains("h2v20h-2z");
            assertThat(page.select("#tiles").text()).contains("slots in use");
        }
        assertThat(browser.get("/ui?span=" + encoded(EVIL)).page().text()).contains("must be one of 1h, 24h, 7d");
    }

    @Test
    void theOverviewCountsWhatWaitsByTool() {
        NODE.submit("{\"tool\": \"step\"}");

        Document page = browser.get("/ui").page();

        assertThat(page.select("#by-tool tr:has(a[href$=tool=step]) td").first().text())
                .isEqualTo("1");
        NODE.claim();
        Pages.check(browser.get("/ui"));
    }

    /** Completes a job with this result, and returns its id. */
    private static String resulting(String result) {
        NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim();
        NODE.api("POST", attempt + "/complete", "{\"result\": " + result + "}", null);
        return attempt.replaceFirst(".*?([0-9a-f]{8}-[0-9a-f-]{27}).*", "$1");
    }

    @Test
    void aListOfFlatObjectsIsATableAndCsv() {
        String id = resulting(
                "[{\"name\": \"a\", \"n\": 12345678901234567890.10}, {\"n\": -1, \"ok\": true, \"note\": null},"
                        + " {\"name\": \"=SUM(A1)\", \"note\": \"x, \\\"y\\\"\"}, {\"name\": " + json(EVIL) + "}]");

        Shown shown = browser.get("/ui/jobs/" + id);

        Pages.check(shown);
        Document page = shown.page();
        assertThat(page.select(".result th").eachText()).containsExactly("n", "name", "ok", "note");
        assertThat(page.select(".result th.num").eachText()).containsExactly("n");
        assertThat(page.select(".result tbody tr").first().children().stream().map(Element::text))
                .containsExactly("12345678901234567890.10", "a", "", "");
        assertThat(page.select(".result tbody tr").last().child(1).text()).isEqualTo(EVIL);
        assertThat(page.select("main img, .result script")).isEmpty();
        assertThat(page.select("#result-json pre.json").text()).contains("12345678901234567890.10");
        Shown csv = browser.get("/ui/jobs/" + id + "/result.csv");
        assertThat(csv.header("Content-Type")).isEqualTo("text/csv;charset=utf-8");
        assertThat(csv.header("Content-Disposition")).isEqualTo("attachment; filename=\"" + id + "-result.csv\"");
        assertThat(csv.answer().body())
                .startsWith(
                        "n,name,ok,note\r\n12345678901234567890.10,a,,\r\n-1,,true,\r\n,'=SUM(A1),,\"x, \"\"y\"\"\"\r\n");
    }

    @Test
    void ofALongTableThePageShowsTheFirstRows() {
        String row = "{\"k\": \"" + "é".repeat(300) + "\", \"i\": 7}";
        String id = resulting("[" + (row + ",").repeat(2_999) + row + "]");

        Shown shown = browser.get("/ui/jobs/" + id);

        Pages.check(shown);
        assertThat(shown.page().select(".result tbody tr").size()).isBetween(50, 200);
        assertThat(shown.page().select(".result tbody td").get(1).text())
                .hasSize(200)
                .endsWith("…");
        assertThat(shown.page().select("#result").text()).contains("The first ").contains("the downloads have all");
        assertThat(shown.answer().body().length()).isLessThan(400_000);
        assertThat(browser.get("/ui/jobs/" + id + "/result.csv").answer().body().lines())
                .hasSize(3_001);
    }

    @Test
    void whatIsNoTableIsJson() {
        for (String items : List.of("[]", "[1, 2]", "[{\"a\": {\"b\": 1}}]", "[{}]", "{\"a\": 1}", "\"text\"")) {
            String id = resulting(items);
            Shown shown = browser.get("/ui/jobs/" + id);
            Pages.check(shown);
            assertThat(shown.page().select(".result")).as(items).isEmpty();
            assertThat(shown.page().select("#result pre.json")).hasSize(1);
        }
        assertThat(browser.get("/ui/jobs/" + resulting("[1]") + "/result.csv").status())
                .isEqualTo(404);
        assertThat(browser.get("/ui/jobs/nonsense/result.csv").status()).isEqualTo(404);
    }

    @Test
    void imagesInAResultAreSeenAndNothingElseOfThatKind() {
        String png = "data:image/png;base64,iVBORw0KGgo=";
        String id = NODE.run("{\"tool\": \"echo\", \"params\": {\"plot\": \"" + png
                + "\", \"bad\": \"data:image/svg+xml;base64,PHN2Zz4=\", \"worse\": \"data:image/png;base64,x\\\" onerror=alert(1) \","
                + " \"worst\": \"data:text/html;base64,PGI+\"}}");

        Shown shown = browser.get("/ui/jobs/" + id);

        Pages.check(shown);
        assertThat(shown.page().select("main img").eachAttr("src")).containsExactly(png);
        assertThat(shown.page().select("main img").attr("alt")).isEqualTo("plot");
    }
}
