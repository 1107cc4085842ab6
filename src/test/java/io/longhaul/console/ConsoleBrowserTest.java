package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.jobs.sql.TotalStats;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console as people use it. With {@code -Dlonghaul.snapshot=write} it makes the pictures of the documentation anew. */
@Tag("browser")
class ConsoleBrowserTest {
    private static final Path PICTURES = Path.of("docs", "images");
    private static final String LATER = ", \"run_at\": \"2099-01-01T00:00:00Z\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static Page open(String path, Screen screen) {
        Page page = BROWSER.page(screen);
        page.navigate(NODE.url() + path);
        return page;
    }

    private static Page open(String path) {
        return open(path, Screen.LIGHT);
    }

    /** Waits until the page follows events, so that none is missed. */
    private static Page live(Page page) {
        assertThat(page.locator("#live")).hasText("live");
        return page;
    }

    @Test
    void aSubmittedJobIsWatchedUntilItsEndWithoutReloading() {
        Page page = open("/ui/tools/step");
        page.getByLabel("Params").fill("{\"a\": 1}");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Submit"))
                .click();
        live(page);
        Locator status = page.locator("h1 .status");
        assertThat(status).hasText("pending");
        page.evaluate("document.marked = true");

        String attempt = NODE.claim(page.url().replaceFirst(".*/", ""));
        assertThat(status).hasText("running");
        NODE.api("POST", attempt + "/progress", "{\"fraction\": 0.25, \"message\": \"a quarter\"}", null);
        assertThat(page.locator("#now")).containsText("a quarter");
        NODE.api("POST", attempt + "/logs", "{\"lines\": [\"line one\"]}", null);
        assertThat(page.locator("#log")).containsText("line one");
        NODE.api("POST", attempt + "/complete", "{\"result\": {\"answer\": 42.0}}", null);

        assertThat(status).hasText("completed");
        assertThat(page.locator("#result")).containsText("42.0");
        assertThat(page.evaluate("document.marked")).isEqualTo(true);
    }

    @Test
    void aLogIsFollowedWhileItGrowsAndSearchedByKeys() {
        String id = NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim(id);
        String many = "\"line of a log\", ".repeat(150);
        NODE.api("POST", attempt + "/logs", "{\"lines\": [" + many + "\"error: one\"]}", null);
        Page page = live(open("/ui/jobs/" + id + "/logs"));
        assertThat(page.locator("pre.log > span").last()).isInViewport();

        NODE.api("POST", attempt + "/logs", "{\"lines\": [\"the newest\"]}", null);

        assertThat(page.locator("pre.log > span").last()).containsText("the newest");
        assertThat(page.locator("pre.log > span").last()).isInViewport();
        page.keyboard().press("e");
        assertThat(page.locator("pre .target")).containsText("error: one");
        assertThat(page.locator("pre .target")).isInViewport();
        page.keyboard().press("f");
        assertThat(page).hasURL(Pattern.compile(".*/logs$"));
        NODE.api("POST", attempt + "/complete", "{\"result\": 1}", null);
    }

    @Test
    void theErrorOfALogIsSeenWithTheLinesBeforeIt() {
        String id = NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim(id);
        String around = "\"what led to it\", ".repeat(120);
        NODE.api(
                "POST",
                attempt + "/logs",
                "{\"lines\": [" + around + "\"error: one\", " + around + "\"the last\"]}",
                null);
        Page page = open("/ui/jobs/" + id);

        page.keyboard().press("e");

        Locator error = page.locator("pre .target");
        assertThat(error).containsText("error: one");
        assertThat(error).isInViewport();
        for (int before = 1; before <= 3; before++) {
            assertThat(error.locator("xpath=preceding-sibling::span[" + before + "]"))
                    .isInViewport();
        }
        NODE.api("POST", attempt + "/complete", "{\"result\": 1}", null);
    }

    @Test
    void aChainIsReadByKeysAndShowsWhereOneIs() {
        String job = NODE.run("{\"tool\": \"echo\"}");
        for (int i = 0; i < 9; i++) {
            job = NODE.submit("{\"tool\": \"ping\", \"after\": [\"" + job + "\"]" + LATER);
        }
        Page page = open("/ui/jobs/" + job);
        Locator chain = page.locator(".chain");
        assertThat(chain.locator("a")).hasCount(10);
        assertThat(chain.locator("a[aria-current]")).isInViewport();

        chain.focus();
        Object right = chain.evaluate("box => box.scrollLeft");
        page.keyboard().press("ArrowLeft");
        page.waitForFunction("right => document.querySelector('.chain').scrollLeft < right", right);

        for (int card = 0; card < 10; card++) {
            page.keyboard().press("Tab");
            Locator focused = chain.locator("a").nth(card);
            assertThat(focused).isFocused();
            assertThat(focused.locator("rect")).hasCSS("stroke-width", "2.5px");
            assertThat(focused).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(0.99));
        }
    }

    @Test
    void aChainStaysWhereItWasScrolledWhenItsJobsChange() {
        String job = NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim(job);
        String last = job;
        for (int i = 0; i < 9; i++) {
            last = NODE.submit("{\"tool\": \"ping\", \"after\": [\"" + last + "\"]" + LATER);
        }
        Page page = live(open("/ui/jobs/" + job));
        page.locator(".chain").evaluate("box => box.scrollLeft = 300");

        NODE.api("POST", attempt + "/complete", "{\"result\": 1}", null);

        assertThat(page.locator(".chain a.completed")).hasCount(1);
        assertThat((Object) page.locator(".chain").evaluate("box => box.scrollLeft"))
                .isEqualTo(300);
    }

    @Test
    void onANarrowScreenAllPartsAreSeen() {
        Page page = open("/ui/jobs", Screen.NARROW);
        for (Locator part : page.locator("header nav a").all()) {
            assertThat(part).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
        }
    }

    @Test
    void aLongJobIsWatchedAndCancelled() {
        String id = NODE.submit("{\"tool\": \"sleep\", \"params\": {\"seconds\": 3000}}");
        Page page = live(open("/ui/jobs/" + id));
        assertThat(page.locator("h1 .status")).hasText("running");

        page.locator("#confirm-cancel summary").click();
        page.locator("#confirm-cancel button").click();

        assertThat(page.locator("h1 .status")).hasText("cancelled");
    }

    @Test
    void theListFollowsWhatHappensAndKeepsFocusAndSelection() {
        String waiting = NODE.submit("{\"tool\": \"ping\"" + LATER);
        Page page = live(open("/ui/jobs?tool=ping"));
        Locator row = page.locator("#job-" + waiting);
        String fresh = NODE.submit("{\"tool\": \"ping\"" + LATER);
        assertThat(page.locator("#job-" + fresh)).isVisible();

        row.locator("input").check();
        row.locator("a").focus();
        NODE.api("DELETE", "/v1/jobs/" + waiting, "", null);

        assertThat(row.locator(".status")).hasText("cancelled");
        assertThat(row.locator("input")).isChecked();
        assertThat(row.locator("a")).isFocused();
        NODE.submit("{\"tool\": \"ping\"" + LATER);
        assertThat(page.locator("#news a")).hasText("1 new job");
    }

    @Test
    void anOpenPageOutlivesTheLossOfItsTable() throws SQLException {
        Page page = live(open("/ui/jobs"));
        rename("jobs", "away");
        try {
            page.keyboard().press("p");
            page.keyboard().press("p");
            assertThat(page.locator("#stale")).containsText("This page shows the state of");
            // A node that has not noticed the loss yet would find it after the end. It may be unready for another
            // reason before.
            page.waitForFunction("() => fetch('/readyz').then(answer => answer.text())"
                    + ".then(text => text.includes('Table jobs is missing'))");
        } finally {
            rename("away", "jobs");
        }
        assertThat(page.locator("#live")).hasText("live", new LocatorAssertions.HasTextOptions().setTimeout(30_000));
        assertThat(page.locator("h1")).hasText("Jobs");
        // The next test needs the API, which goes on a moment later.
        page.waitForFunction("() => fetch('/readyz').then(answer => answer.ok)");
    }

    private static void rename(String from, String to) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + from + " RENAME TO " + to);
        }
    }

    @Test
    void everythingIsReachedByKeys() {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        Page page = live(open("/ui"));
        page.keyboard().press("g");
        page.keyboard().press("j");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs$"));
        page.keyboard().press("/");
        assertThat(page.locator("#q")).isFocused();
        page.keyboard().type(id);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs/" + id));

        page.keyboard().press("?");
        assertThat(page.locator("#help")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#help")).isHidden();
        page.keyboard().press("c");
        page.keyboard().press("Enter");

        assertThat(page.locator("h1 .status")).hasText("cancelled");
        page.navigate(NODE.url() + "/ui/jobs");
        page.keyboard().press("j");
        page.keyboard().press("x");
        assertThat(page.locator("tr.at input")).isChecked();
        page.keyboard().press("x");
        page.keyboard().press("j");
        page.keyboard().press("k");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs/[0-9a-f-]{36}"));

        String other = NODE.submit("{\"tool\": \"ping\"" + LATER);
        page.navigate(NODE.url() + "/ui/jobs?status=pending");
        page.keyboard().press("c");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs\\?status=pending$"));
        page.keyboard().press("j");
        page.keyboard().press("c");
        assertThat(page.locator("h1")).hasText("Cancelled jobs");
        assertThat(page.locator("td a[href$='" + other + "']")).isVisible();
    }

    @Test
    void theThemeIsChosenAndKept() {
        Page page = open("/ui/jobs");
        page.keyboard().press("t");
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        page.reload();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    }

    @Test
    void nobodyIsKeptOutOfAnyPage() {
        String done = NODE.run("{\"tool\": \"echo\", \"params\": {\"a\": [1, 2.50]}}");
        String failed = failed();
        String asking = NODE.submit("{\"tool\": \"asks\"}");
        NODE.await(asking, job -> job.path("waiting_for_input").asBoolean());
        String table = table();
        NODE.api("PUT", "/v1/views/shared/small%20folds", "{\"query\": \"tool=fold&params.model=small\"}", null);
        NODE.submit("{\"tool\": \"fold\", \"params\": {\"sequence\": \"MKVLAT\", \"model\": \"small\"}}");
        String schedule = "{\"name\": \"nightly\", \"tool\": \"ping\", \"cron\": \"0 3 * * *\"}";
        NODE.api("POST", "/v1/schedules", schedule, null);
        String operation = operation("{\"kind\": \"retry\", \"filter\": {\"tool\": \"step\"}}");
        List<String> paths = List.of(
                "/ui",
                "/ui?span=7d",
                "/ui/jobs?tool=fold&columns=params.sequence,params.model&params.model=small",
                "/ui/jobs/" + table,
                "/ui/jobs",
                "/ui/jobs?tool=nothing",
                "/ui/jobs?status=gone",
                "/ui/jobs/" + done,
                "/ui/jobs/" + failed + "?compare=" + done,
                "/ui/jobs/nonsense",
                "/ui/failures",
                "/ui/failures?error=nothing",
                "/ui/failures?since=never",
                "/ui/jobs/" + failed + "/logs",
                "/ui/jobs/" + failed + "/logs?q=reading",
                "/ui/jobs/" + failed + "/logs/last-error",
                "/ui/jobs/" + failed + "/logs?line=x",
                "/ui/jobs/" + done + "/logs",
                "/ui/jobs/" + chained(),
                "/ui/tools",
                "/ui/tools/fold",
                "/ui/tools/fold?from=" + done,
                "/ui/schedules",
                "/ui/audit",
                "/ui/jobs/all/cancel?tool=ping",
                "/ui/jobs/all/retry?tool=nothing",
                "/ui/operations?before=00000000-0000-4000-8000-000000000000",
                "/ui/operations",
                "/ui/operations/" + operation,
                "/ui/operations/" + operation + "?outcome=failed",
                "/ui/jobs/" + asking,
                "/ui/nodes",
                "/ui/schema");
        Page page = BROWSER.page(Screen.LIGHT);
        paths.forEach(path -> AllScreens.look(BROWSER, page, NODE.url() + path));
    }

    private static String operation(String request) {
        return NODE.api("POST", "/v1/operations", request, null)
                .path("operation_id")
                .asText();
    }

    @Test
    void allThatMatchAreCancelledAndTheirOutcomesArriveWithoutReloading() {
        String batch = NODE.api("POST", "/v1/jobs/batch", "{\"jobs\": [{\"tool\": \"ping\"" + LATER + "]}", null)
                .path("batch_id")
                .asText();
        Page page = open("/ui/jobs?batch_id=" + batch);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Cancel…"))
                .click();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel 1 job"))
                .click();
        page.waitForURL("**/ui/operations/*");
        page.evaluate("document.marked = true");

        assertThat(page.locator("h1 .status")).hasText("completed");
        assertThat(page.locator("#outcomes tbody tr")).containsText("It is cancelled.");
        assertThat(page.locator("#progress")).containsText("Each job has an outcome.");
        assertThat(page.evaluate("document.marked")).isEqualTo(true);
    }

    /** A job in the middle of a chain. */
    private static String chained() {
        String first = NODE.run("{\"tool\": \"echo\"}");
        String left = NODE.submit("{\"tool\": \"ping\", \"after\": [\"" + first + "\"]" + LATER);
        String right = NODE.run("{\"tool\": \"ping\", \"after\": [\"" + first + "\"]}");
        NODE.submit("{\"tool\": \"echo\", \"after\": [\"" + left + "\", \"" + right + "\"]}");
        return left;
    }

    private static String table() {
        String attempt = NODE.claim(NODE.submit("{\"tool\": \"step\"}"));
        NODE.api("POST", attempt + "/complete", "{\"result\": [{\"name\": \"chr1\", \"n50\": 1234}]}", null);
        return attempt.replaceFirst(".*?([0-9a-f]{8}-[0-9a-f-]{27}).*", "$1");
    }

    private static String failed() {
        String id = NODE.submit(
                "{\"tool\": \"step\", \"params\": {\"path\": \"/data/run-17/genes.fasta\"}, \"max_attempts\": 2}");
        String attempt = NODE.claim(id);
        NODE.api(
                "POST",
                attempt + "/logs",
                "{\"lines\": [\"reading /data/run-17/genes.fasta\", \"error: no space left on device\"]}",
                null);
        NODE.api("POST", attempt + "/fail", "{\"message\": \"no space left on device\", \"retryable\": false}", null);
        return id;
    }

    @Test
    void thePicturesOfTheDocumentationAreOfThisRelease() throws SQLException {
        String done = NODE.run(
                "{\"tool\": \"echo\", \"params\": {\"path\": \"examples/genes.fasta\", \"n\": 12345678901234567890.50}}");
        String failed = failed();
        NODE.submit("{\"tool\": \"sleep\", \"params\": {\"seconds\": 900}}");
        String operation = operation("{\"kind\": \"retry\", \"filter\": {\"error\": \"no space left\"}}");
        Await.until(
                "the operation is done",
                Await.LONG,
                () -> NODE.api("GET", "/v1/operations/" + operation, "", null)
                        .path("state")
                        .asText()
                        .equals("completed"));
        String chained = chained();
        usualHour();
        for (boolean dark : new boolean[] {false, true}) {
            Page page = BROWSER.page(new Screen(1200, 760, dark));
            picture(page, "/ui/jobs/" + chained, "chain", dark);
            picture(page, "/ui", "overview", dark);
            picture(page, "/ui/jobs", "jobs", dark);
            picture(page, "/ui/jobs/" + failed, "job", dark);
            picture(page, "/ui/failures", "failures", dark);
            picture(page, "/ui/jobs/" + failed + "/logs/last-error", "log", dark);
            picture(page, "/ui/tools/fold", "tool", dark);
            picture(page, "/ui/operations/" + operation, "operation", dark);
            picture(page, "/ui/schema", "schema", dark);
        }
    }

    /** What a usual hour leaves in the figures of the overview. */
    private static void usualHour() throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO job_stats (minute, tool_name, submitted, completed, failed, wait_ms, run_ms, waits, runs)
                    SELECT date_trunc('minute', NOW()) - make_interval(mins => m), t.name, n + f, n, f, 5 * n, 900 * n,
                           ARRAY[n / 2, n / 3, n / 8, f], ARRAY[0, 0, 0, n / 5, n / 3, n / 3, n / 9, f]
                    FROM generate_series(1, 58) m,
                         (VALUES ('fold', 24, 11), ('echo', 61, 17), ('step', 9, 23)) t (name, most, beat),
                         LATERAL (SELECT (t.most * (1.4 + sin(m / 9.0 + t.beat) + 0.3 * sin(m * t.beat)))::int AS n,
                                         CASE WHEN m % t.beat = 4 THEN 2 + m % 3 ELSE 0 END AS f) x
                    ON CONFLICT DO NOTHING
                    """);
        }
        OffsetDateTime now =
                OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS).plusHours(1);
        Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .useExtension(TotalStats.class, totals -> totals.minutes(now.minusHours(3), now));
    }

    private static void picture(Page page, String path, String name, boolean dark) {
        page.navigate(NODE.url() + path);
        assertThat(page.locator("h1")).isVisible();
        // Databases of tests do not wait for the disk, and the page says so; a page that is read again says so again.
        page.evaluate("document.querySelectorAll('.troubles').forEach(one => one.remove())");
        byte[] taken = page.screenshot();
        assertThat(taken).isNotEmpty();
        page.evaluate("document.querySelectorAll('.troubles').forEach(one => one.remove())");
        if ("write".equals(System.getProperty("longhaul.snapshot"))) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(PICTURES.resolve("console-" + name + (dark ? "-dark" : "") + ".png")));
        }
    }
}
