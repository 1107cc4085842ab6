package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.Relay;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Open pages while their schema, their database or their server is gone. */
@Tag("browser")
class TroublesBrowserTest {
    private static final String LATER = ", \"run_at\": \"2099-01-01T00:00:00Z\"}";
    private static final double PATIENCE = 30_000;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static Page open(String path) {
        return open(NODE.url(), path);
    }

    private static Page open(String server, String path) {
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(server + path);
        page.evaluate("document.marked = true");
        return page;
    }

    @AfterEach
    void allIsWellAgain() {
        open("/ui").waitForFunction("() => fetch('/readyz').then(answer => answer.ok)");
    }

    @Test
    void theLossOfTheSchemaAppearsOnEveryPageAndGoesByItself() throws SQLException {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        String done = NODE.run("{\"tool\": \"echo\"}");
        Page form = open("/ui/tools/fold");
        form.getByLabel("sequence").fill("MKVLAT");
        Page schema = open("/ui/schema");
        List<Page> pages = List.of(
                form,
                open("/ui"),
                open("/ui/jobs"),
                open("/ui/jobs/" + id),
                open("/ui/jobs/" + done),
                open("/ui/failures"),
                open("/ui/audit"),
                open("/ui/jobs/" + done + "/logs"));
        execute("ALTER TABLE jobs RENAME TO away");
        try {
            for (Page page : pages) {
                assertThat(page.locator("#troubles .bad")).containsText("Table jobs is missing", containsText());
            }
            assertThat(schema.locator("h1")).containsText("migration required", containsText());
            assertThat(schema.locator("#schema .notice.bad")).isVisible();
            assertThat(schema.locator("#troubles .bad")).hasCount(0);
        } finally {
            execute("ALTER TABLE away RENAME TO jobs");
        }
        for (Page page : pages) {
            assertIsOver(page);
        }
        assertThat(schema.locator("h1")).containsText("fits", containsText());
        assertThat(form.getByLabel("sequence")).hasValue("MKVLAT");
    }

    /** Nothing of it is left, and the page was not loaded anew. */
    private static void assertIsOver(Page page) {
        assertThat(page.locator("#troubles .bad"))
                .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE));
        assertThat(page.locator("#stale")).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(PATIENCE));
        assertThat(page.evaluate("document.marked")).as(page.url()).isEqualTo(true);
    }

    @Test
    void aDatabaseThatGoesAwayIsNamedUntilItIsBack() throws SQLException {
        Page list = open("/ui/jobs");
        Page tools = open("/ui/tools");
        allowConnections(false);
        Page late;
        try {
            assertThat(list.locator("#troubles .bad")).isVisible(isVisible());
            assertThat(tools.locator("#troubles .bad")).isVisible(isVisible());
            assertThat(list.locator("#stale")).containsText("This page shows the state of", containsText());
            late = open("/ui/jobs");
            assertThat(late.locator("h1")).hasText("The database does not answer");
            assertThat(late.locator("#troubles .bad")).hasCount(0);
        } finally {
            allowConnections(true);
        }
        assertIsOver(list);
        assertIsOver(tools);
        assertThat(late.locator("h1")).hasText("Jobs", new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE));
    }

    @Test
    void aServerThatIsGoneIsNamedAtTheTopAndFormsStay() {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        try (Relay relay = new Relay(URI.create(NODE.url()).getPort())) {
            Page job = open(relay.url(), "/ui/jobs/" + id);
            Page form = open(relay.url(), "/ui/tools/fold");
            assertThat(job.locator("#live")).hasText("live");
            form.getByLabel("sequence").fill("MKVLAT");
            form.getByLabel("model").selectOption("small");

            relay.cut();

            for (Page page : List.of(job, form)) {
                assertThat(page.locator("#stale"))
                        .hasText(
                                Pattern.compile("This page shows the state of \\d\\d:\\d\\d:\\d\\d UTC: the server does"
                                        + " not answer; trying again\\."),
                                new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE));
            }
            job.locator("#confirm-cancel summary").click();
            job.locator("#confirm-cancel button").click();
            form.locator(".submit button.primary").first().click();
            for (Page page : List.of(job, form)) {
                assertThat(page.locator(".unsent")).containsText("Nothing was sent: the server does not answer.");
            }
            assertThat(form.getByLabel("sequence")).hasValue("MKVLAT");

            relay.join();

            assertIsOver(job);
            assertIsOver(form);
            job.locator("#confirm-cancel button").click();
            assertThat(job.locator("h1 .status")).hasText("cancelled");
        }
    }

    @Test
    void aHalfWrittenAnswerOutlivesTheLossOfItsServerAndOtherQuestions() {
        String id = NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim(id);
        ask(attempt, "early", "Which first?");
        ask(attempt, "name", "Which name?");
        try (Relay relay = new Relay(URI.create(NODE.url()).getPort())) {
            Page job = open(relay.url(), "/ui/jobs/" + id);
            assertThat(job.locator("#live")).hasText("live");
            Locator form = job.locator(".ask", new Page.LocatorOptions().setHasText("Which name?"));
            form.getByLabel("name").fill("Ada");
            Locator button = form.getByText("Answer", new Locator.GetByTextOptions().setExact(true));
            button.focus();

            ask(attempt, "late", "Which last?");
            assertThat(job.locator(".ask")).hasCount(3);
            assertThat(form.getByLabel("name")).hasValue("Ada");
            assertThat(button).isFocused();

            relay.cut();
            assertThat(job.locator("#stale")).isVisible(isVisible());
            button.click();
            assertThat(form.locator(".unsent")).containsText("Nothing was sent", containsText());
            NODE.api("POST", "/v1/jobs/" + id + "/inputs/early", "{\"content\": {\"name\": \"Eve\"}}", null);
            relay.join();

            assertThat(job.locator(".ask")).hasCount(2, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE));
            assertIsOver(job);
            assertThat(form.getByLabel("name")).hasValue("Ada");
            assertThat(form.locator(".unsent")).containsText("Nothing was sent");
            assertThat(BROWSER.barriers(job.mainFrame())).isEmpty();
            button.click();
            job.waitForURL("**/ui/jobs/" + id + "**");
            assertThat(job.locator(".ask")).hasCount(1);
        }
    }

    private static void ask(String attempt, String key, String message) {
        NODE.api("POST", attempt + "/inputs", """
                {"key": "%s", "message": "%s", "schema":
                 {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}
                """.formatted(key, message), null);
    }

    @Test
    void aServerThatGoesAwayWhileAFormIsSentCostsNoInput() {
        Page form = open("/ui/tools/echo");
        form.getByLabel("Params").fill("{\"typed\": \"once\"}");
        // The server answers whether it is there, and is gone when the form arrives.
        form.route("**/ui/tools/echo", route -> {
            if (route.request().method().equals("POST")) {
                route.abort("connectionreset");
            } else {
                route.resume();
            }
        });

        form.locator(".submit button.primary").first().click();

        assertThat(form.locator(".unsent"))
                .hasText("The server went away before it answered. Send it again when it is back: that does it once.");
        assertThat(form.getByLabel("Params")).hasValue("{\"typed\": \"once\"}");
        assertThat(form.evaluate("document.marked")).isEqualTo(true);
        assertThat(BROWSER.barriers(form.mainFrame())).isEmpty();

        form.unroute("**/ui/tools/echo");
        form.locator(".submit button.primary").first().click();
        form.waitForURL("**/ui/jobs/*");
        assertThat(form.locator("#t-params ~ pre")).containsText("once");
    }

    @Test
    void anAnswerThatIsLostIsSaidToBeAndTheSecondSendMakesNoSecondJob() {
        Page form = open("/ui/tools/echo");
        form.getByLabel("Params").fill("{\"lost\": 1}");
        form.route("**/ui/tools/echo", route -> {
            if (route.request().method().equals("POST")) {
                route.fetch(new Route.FetchOptions().setMaxRedirects(0));
                route.abort("connectionreset");
            } else {
                route.resume();
            }
        });
        form.locator(".submit button.primary").first().click();
        assertThat(form.locator(".unsent")).containsText("that does it once");
        form.unroute("**/ui/tools/echo");
        form.locator(".submit button.primary").first().click();
        form.waitForURL("**/ui/jobs/*");

        assertThat(NODE.api("GET", "/v1/jobs?tool=echo&params.lost=1", "", null).path("jobs"))
                .hasSize(1);
    }

    @Test
    void whatIsWrongIsSaidInTheFormWithoutLeavingThePage() {
        Page form = open("/ui/tools/fold");
        form.getByLabel("sequence").fill("MKVLAT");
        form.getByLabel("model").selectOption("small");
        form.getByLabel("templates").fill("[1");
        form.locator(".submit button.primary").first().click();

        assertThat(form.locator("#refused")).isFocused();
        assertThat(form.getByLabel("templates")).hasValue("[1");
        assertThat(form.evaluate("document.marked")).isEqualTo(true);
        assertThat(BROWSER.barriers(form.mainFrame())).isEmpty();
        form.getByLabel("templates").fill("[\"1\"]");
        form.locator(".submit button.primary").first().click();
        form.waitForURL("**/ui/jobs/*");
    }

    private static LocatorAssertions.ContainsTextOptions containsText() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE);
    }

    private static LocatorAssertions.IsVisibleOptions isVisible() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE);
    }

    private static void execute(String statement) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    /** From another database, as nobody gets into this one then. */
    private static void allowConnections(boolean allowed) throws SQLException {
        String url = DATABASE.jdbcUrl();
        String name = url.replaceFirst(".*/([^?]*).*", "$1");
        try (Connection connection = DriverManager.getConnection(
                        url.replace("/" + name, "/postgres"), DATABASE.user(), DATABASE.password());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS " + allowed);
            if (!allowed) {
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
            }
        }
    }
}
