package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.Relay;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Open pages of a server in a process of its own, which is killed, and whose schema is rolled back and migrated. */
@Tag("browser")
class KilledServerBrowserIT {
    private static final double PATIENCE = 90_000;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static NodeProcess start(String name) {
        return NodeProcess.start(name, NodeProcess.database(DATABASE)).awaitReady();
    }

    private static int port(NodeProcess node) throws IOException {
        return URI.create(node.address()).getPort();
    }

    private static Page open(Relay relay, String path) {
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(relay.url() + path);
        page.evaluate("document.marked = true");
        return page;
    }

    @Test
    void aKilledServerCostsNoInputAndItsPagesGoOnWithTheNextOne() throws Exception {
        NodeProcess killed = start("killed");
        String id = killed.accepted("sleep", "{\"seconds\": 3000}");
        try (Relay relay = new Relay(port(killed))) {
            Page job = open(relay, "/ui/jobs/" + id);
            Page form = open(relay, "/ui/tools/echo");
            assertThat(job.locator("#live")).hasText("live");
            form.getByLabel("Params").fill("{\"typed\": 1}");

            killed.process().kill();
            relay.cut();
            form.locator(".submit button.primary").first().click();

            assertThat(form.locator(".unsent")).containsText("Nothing was sent: the server does not answer.");
            assertThat(job.locator("#stale")).containsText("the server does not answer", contains());

            try (NodeProcess next = start("next")) {
                relay.join(port(next));
                form.locator(".submit button.primary").first().click();
                form.waitForURL("**/ui/jobs/*");
                assertThat(form.locator("#t-params ~ pre")).containsText("typed");
                assertThat(job.locator("#timeline")).containsText("next", contains());
                assertThat(job.locator("#stale")).isHidden(hidden());
                assertThat(job.evaluate("document.marked")).isEqualTo(true);
            }
        }
    }

    @Test
    void aSchemaThatIsRolledBackAndMigratedIsNamedOnOpenPages() throws IOException {
        try (NodeProcess node = start("schema");
                Relay relay = new Relay(port(node))) {
            Page list = open(relay, "/ui/jobs");
            Page schema = open(relay, "/ui/schema");
            assertThat(schema.locator("h1")).containsText("fits");

            db("rollback", "-c", "200");

            assertThat(list.locator("#troubles .bad")).isVisible(visible());
            assertThat(schema.locator("#schema")).containsText("Pending, in order", contains());

            db("migrate");

            assertThat(list.locator("#troubles .bad"))
                    .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE));
            assertThat(schema.locator("h1")).containsText("fits", contains());
            assertThat(list.locator("#stale")).isHidden(hidden());
            for (Page page : List.of(list, schema)) {
                assertThat(page.evaluate("document.marked")).isEqualTo(true);
            }
        }
    }

    private static void db(String... command) {
        String[] words = new String[command.length + 2];
        words[0] = "db";
        System.arraycopy(command, 0, words, 1, command.length);
        words[words.length - 1] = "config.yml";
        Map<String, String> environment = NodeProcess.database(DATABASE);
        CommandRun run = CommandRun.of(environment, words);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private static LocatorAssertions.ContainsTextOptions contains() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE);
    }

    private static LocatorAssertions.IsVisibleOptions visible() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE);
    }

    private static LocatorAssertions.IsHiddenOptions hidden() {
        return new LocatorAssertions.IsHiddenOptions().setTimeout(PATIENCE);
    }
}
