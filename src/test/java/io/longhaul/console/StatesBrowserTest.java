package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pages in the states that a server may be in: nobody is kept out, in both themes and on a narrow screen. */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatesBrowserTest {
    private static final double PATIENCE = 60_000;
    private static final List<String> PAGES = List.of(
            "/ui",
            "/ui/jobs",
            "/ui/failures",
            "/ui/tools",
            "/ui/tools/fold",
            "/ui/operations",
            "/ui/schedules",
            "/ui/nodes",
            "/ui/schema",
            "/ui/audit");

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    @Order(3)
    @RegisterExtension
    static final ConsoleNode OF_GUESTS =
            new ConsoleNode(DATABASE, "auth: {mode: keys, sharedVisibility: true, guests: true}\n");

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static void assertNobodyIsKeptOut(String server, List<String> paths) {
        Page page = BROWSER.page(Screen.LIGHT);
        paths.forEach(path -> AllScreens.look(BROWSER, page, server + path));
    }

    private static void execute(String statement) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute("SET default_transaction_read_only = off");
            executed.execute(statement);
        }
    }

    private static Page open(String path) {
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(NODE.url() + path);
        return page;
    }

    @Test
    @Order(1)
    void whereNothingEverHappened() {
        assertThat(open("/ui/jobs").locator("#empty")).containsText("No jobs yet.");
        assertNobodyIsKeptOut(NODE.url(), PAGES);
    }

    @Test
    @Order(2)
    void withTenThousandJobs() throws SQLException, IOException, InterruptedException {
        execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, status, created_at, started_at, completed_at, expires_at,
                                  error_code, error_message, failure)
                SELECT 'step', 'trace' || n, '{"sample": "S1"}', 'failed', t, t, t, NOW() + INTERVAL '1 day', 'TOOL_FAILED',
                       'no space left on device ' || n || repeat(' and again', n % 30), left(md5((n % 90)::text), 16)
                FROM generate_series(1, 10000) n, LATERAL (SELECT NOW() - make_interval(secs => n)) x (t)
                """);
        assertNobodyIsKeptOut(
                NODE.url(), List.of("/ui", "/ui/jobs", "/ui/jobs?status=failed&columns=params.sample", "/ui/failures"));
        HttpRequest list = HttpRequest.newBuilder(URI.create(NODE.url() + "/ui/jobs?status=failed"))
                .header("Accept-Encoding", "gzip")
                .build();
        byte[] sent = HttpClient.newHttpClient()
                .send(list, BodyHandlers.ofByteArray())
                .body();
        assertThat(sent.length).as("bytes of a full list in gzip").isLessThan(40 * 1024);
        Page page = open("/ui/jobs?status=failed");
        assertThat(page.locator("#rows tr")).hasCount(50);
        assertThat(page.locator(".tabs .failed .count")).hasText(Pattern.compile("1.000\\+"));
    }

    @Test
    @Order(3)
    void forSomebodyWhoMayOnlyLook() {
        assertNobodyIsKeptOut(OF_GUESTS.url(), PAGES.subList(0, PAGES.size() - 1));
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(OF_GUESTS.url() + "/ui/jobs");
        assertThat(page.locator("main form[method=post] button")).hasCount(0);
    }

    @Test
    @Order(4)
    void whileTheDatabaseTakesNoWrites() throws SQLException {
        String name = DATABASE.jdbcUrl().replaceFirst(".*/([^?]*).*", "$1");
        execute("ALTER DATABASE \"" + name + "\" SET default_transaction_read_only = on");
        try {
            // Sessions keep the setting that they began with.
            execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            assertThat(open("/ui/jobs").locator("#troubles .bad"))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE));
            assertNobodyIsKeptOut(NODE.url(), PAGES);
        } finally {
            execute("ALTER DATABASE \"" + name + "\" RESET default_transaction_read_only");
            execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
        open("/ui").waitForFunction("() => fetch('/readyz').then(answer => answer.ok)");
    }

    @Test
    @Order(5)
    void whileTheSchemaIsMissing() throws SQLException {
        execute("ALTER TABLE jobs RENAME TO away");
        try {
            assertThat(open("/ui/schema").locator("#schema .notice.bad"))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE));
            assertNobodyIsKeptOut(NODE.url(), PAGES);
        } finally {
            execute("ALTER TABLE away RENAME TO jobs");
        }
    }
}
