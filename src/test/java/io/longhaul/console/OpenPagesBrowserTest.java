package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.Relay;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pages that stay open while something happens elsewhere, work without a pointer, and texts that want to be scripts. */
@Tag("browser")
class OpenPagesBrowserTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LATER = ", \"run_at\": \"2099-01-01T00:00:00Z\"}";

    /** Each sets {@code evil} if a browser takes it for a script. */
    private static final List<String> EVIL = List.of(
            "<script>window.evil=1</script>",
            "\"><img src=x onerror=window.evil=1>",
            "' autofocus onfocus='window.evil=1",
            "</textarea></title></pre><script>window.evil=1</script>",
            "<svg onload=window.evil=1><a xlink:href=javascript:window.evil=1>",
            "<iframe srcdoc=\"<script>parent.evil=1</script>\"></iframe>",
            "<details open ontoggle=window.evil=1>",
            "javascript:window.evil=1",
            "<base href=//evil.example/><link rel=stylesheet href=//evil.example/x>",
            "<meta http-equiv=refresh content='0;url=javascript:window.evil=1'>",
            "{{constructor.constructor('window.evil=1')()}}${window.evil=1}@{window.evil=1}",
            "--><script>window.evil=1</script><!--]]>",
            "\u2028window.evil=1//\u202e");

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static Page open(String path) {
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(NODE.url() + path);
        return page;
    }

    private static Page live(Page page) {
        assertThat(page.locator("#live")).hasText("live");
        return page;
    }

    @Test
    void whatIsDoneInOneTabIsSeenInTheOthers() {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        Page acting = open("/ui/jobs/" + id);
        Page list = acting.context().newPage();
        list.navigate(NODE.url() + "/ui/jobs?tool=ping");
        Page job = acting.context().newPage();
        job.navigate(NODE.url() + "/ui/jobs/" + id);
        live(list);
        live(job);

        acting.locator("#confirm-cancel summary").click();
        acting.locator("#confirm-cancel button").click();

        assertThat(list.locator("#job-" + id + " .status")).hasText("cancelled");
        assertThat(job.locator("h1 .status")).hasText("cancelled");
    }

    @Test
    void whatHasTheFocusKeepsItWhenItsRowOrPartChanges() {
        String id = NODE.submit("{\"tool\": \"step\"}");
        Page list = live(open("/ui/jobs?tool=step"));
        Locator box = list.locator("#job-" + id + " input");
        box.focus();
        Page job = live(open("/ui/jobs/" + id));
        job.locator("#confirm-cancel summary").focus();

        NODE.claim(id);

        assertThat(list.locator("#job-" + id + " .status")).hasText("running");
        assertThat(box).isFocused();
        assertThat(job.locator("h1 .status")).hasText("running");
        assertThat(job.locator("#confirm-cancel summary")).isFocused();
    }

    @Test
    void anOpenConfirmationFollowsItsJob() {
        String id = NODE.submit("{\"tool\": \"step\"}");
        Page page = live(open("/ui/jobs/" + id));
        Locator confirmation = page.locator("#confirm-cancel");
        confirmation.locator("summary").click();
        assertThat(confirmation.locator("p")).hasText("It will not start.");
        confirmation.locator("button").focus();

        String attempt = NODE.claim(id);

        assertThat(page.locator("h1 .status")).hasText("running");
        assertThat(confirmation.locator("p")).hasText("Its work stops at once, and it cannot be resumed.");
        assertThat(confirmation.locator("button")).isFocused();
        NODE.api("POST", attempt + "/complete", "{\"result\": 1}", null);
        assertThat(page.locator("h1 .status")).hasText("completed");
        assertThat(confirmation).hasCount(0);
    }

    @Test
    void whatIsTypedIntoAQuestionThatSomebodyElseAnswersStaysReadable() {
        String id = NODE.submit("{\"tool\": \"asks\"}");
        NODE.await(id, job -> job.path("waiting_for_input").asBoolean());
        Page page = live(open("/ui/jobs/" + id));
        page.locator("#questions select").selectOption("false");
        page.locator("#questions select").focus();

        NODE.api("POST", "/v1/jobs/" + id + "/inputs/approve", "{\"content\": {\"confirmed\": true}}", null);

        assertThat(page.locator("h1 .status")).hasText("completed");
        assertThat(page.locator("#questions form")).hasCount(0);
        assertThat(page.locator("#questions [role=status] p")).containsText("waits for no answer any more");
        assertThat(page.locator("#questions [role=status] pre")).hasText("false");
    }

    @Test
    void aPageSaysThatItsServerIsGoneAndComesBackWithIt() {
        String id = NODE.submit("{\"tool\": \"ping\"" + LATER);
        try (Relay relay = new Relay(URI.create(NODE.url()).getPort())) {
            Page page = BROWSER.page(Screen.LIGHT);
            page.navigate(relay.url() + "/ui/jobs?tool=ping");
            live(page);
            page.evaluate("document.marked = true");

            relay.cut();
            assertThat(page.locator("#live")).hasText("reconnecting");
            NODE.api("DELETE", "/v1/jobs/" + id, "", null);
            relay.join();

            assertThat(page.locator("#job-" + id + " .status")).hasText("cancelled", soonerOrLater());
            assertThat(page.locator("#live")).hasText("live", soonerOrLater());
            assertThat(page.evaluate("document.marked"))
                    .as("it was not loaded anew")
                    .isEqualTo(true);
        }
    }

    /** Browsers wait longer from try to try. */
    private static LocatorAssertions.HasTextOptions soonerOrLater() {
        return new LocatorAssertions.HasTextOptions().setTimeout(30_000);
    }

    @Test
    void aJobIsSubmittedFoundAndCancelledWithoutAPointer() {
        Page page = live(open("/ui"));
        page.keyboard().press("g");
        page.keyboard().press("t");
        assertThat(page).hasURL(Pattern.compile(".*/ui/tools$"));
        tabTo(page, "a[href='/ui/tools/sleep']");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/ui/tools/sleep$"));
        tabTo(page, ".submit input[inputmode=decimal]");
        page.keyboard().type("3000");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs/[0-9a-f-]{36}"));
        String id = page.url().replaceFirst(".*/", "");

        page.keyboard().press("g");
        page.keyboard().press("o");
        assertThat(page).hasURL(Pattern.compile(".*/ui$"));
        page.keyboard().press("/");
        page.keyboard().type(id);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/ui/jobs/" + id));
        assertThat(page.locator("h1 .status")).hasText("running");
        page.keyboard().press("c");
        page.keyboard().press("Enter");

        assertThat(page.locator("h1 .status")).hasText("cancelled");
    }

    private static void tabTo(Page page, String selector) {
        for (int i = 0; i < 100; i++) {
            page.keyboard().press("Tab");
            if (page.evaluate("selector => document.activeElement.matches(selector)", selector)
                    .equals(true)) {
                return;
            }
        }
        throw new AssertionError(selector + " is not reached by Tab");
    }

    @Test
    void noTextOfAJobIsAScript() throws JsonProcessingException {
        String text = String.join(" ", EVIL);
        String id = NODE.submit(JSON.writeValueAsString(Map.of(
                "tool",
                "step",
                "params",
                Map.of(EVIL.get(1), EVIL, "sequence", text),
                "concurrency_key",
                EVIL.get(2),
                "max_attempts",
                1)));
        String attempt = NODE.claim();
        List<String> dialogs = new ArrayList<>();
        Page page = open("/ui/jobs/" + id);
        page.onDialog(dialog -> {
            dialogs.add(dialog.message());
            dialog.dismiss();
        });
        live(page);

        NODE.api(
                "POST", attempt + "/progress", JSON.writeValueAsString(Map.of("fraction", 0.5, "message", text)), null);
        NODE.api("POST", attempt + "/logs", JSON.writeValueAsString(Map.of("lines", EVIL)), null);
        assertThat(page.locator("#log")).containsText(EVIL.get(0));
        assertHarmless(page);
        NODE.api(
                "POST",
                attempt + "/fail",
                JSON.writeValueAsString(Map.of("message", text, "retryable", false, "details", EVIL)),
                null);
        assertThat(page.locator("#error")).containsText(EVIL.get(0));
        assertHarmless(page);
        String done = NODE.run(JSON.writeValueAsString(Map.of("tool", "echo", "params", Map.of("evil", EVIL))));
        String files = NODE.run("{\"tool\": \"draws\"}");
        for (String path : List.of(
                "/ui",
                "/ui/jobs",
                "/ui/jobs?error=" + URLEncoder.encode(EVIL.get(0), StandardCharsets.UTF_8),
                "/ui/jobs?tool=" + URLEncoder.encode(EVIL.get(1), StandardCharsets.UTF_8),
                "/ui/jobs?q=" + URLEncoder.encode(EVIL.get(2), StandardCharsets.UTF_8),
                "/ui/jobs/" + done + "?compare=" + id,
                "/ui/jobs/" + files,
                "/ui/jobs/"
                        + URLEncoder.encode(EVIL.get(0), StandardCharsets.UTF_8).replace("%2F", "/"),
                "/ui/tools/fold?from=" + id,
                "/ui/tools/step?from=" + id)) {
            page.navigate(NODE.url() + path);
            assertHarmless(page);
        }
        assertThat(dialogs).isEmpty();
    }

    /** The browser also fails the test if the page's policy had to forbid something. */
    private static void assertHarmless(Page page) {
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)");
        assertThat(page.evaluate("typeof window.evil")).as(page.url()).isEqualTo("undefined");
        Locator foreign =
                page.locator("main script, main iframe, main img[src=x], main svg[onload], main base, main meta");
        assertThat(foreign.count()).as(page.url()).isZero();
    }
}
