package io.longhaul.mcp;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.mcp.CardHost.Shown;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The job card in a browser, as a host shows it. */
@Tag("browser")
class JobCardBrowserTest {
    private static final String NOTHING = "0";

    /** What would do something if it were taken for HTML. */
    private static final List<String> HOSTILE = List.of(
            "<img src=x onerror=alert(1)>",
            "<script>alert(1)</script>",
            "</pre></script><svg onload=alert(1)>",
            "'><iframe srcdoc='<script>alert(1)</script>'>",
            "<a href='javascript:alert(1)'>x</a>",
            "&lt;b&gt;{{7*7}}${alert(1)}",
            "<style>*{display:none}</style>");

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, """
              - {type: remote, name: reads.align, description: Aligns reads to a genome.}
            mcp: {handleTools: true}
            """);

    @Order(3)
    @RegisterExtension
    static final CardHost HOST = new CardHost(NODE::url);

    @Order(4)
    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @BeforeAll
    static void waitLongOnABusyMachine() {
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    }

    private static Shown called(Screen screen, String arguments) {
        return HOST.open(BROWSER.page(screen), NOTHING).call("step", arguments);
    }

    private static Locator id(FrameLocator card, String id) {
        return card.locator("#" + id);
    }

    @Test
    void aCallIsFollowedUntilItsResult() {
        Shown shown = called(Screen.LIGHT, "{n: 5}");
        FrameLocator card = shown.card();
        assertThat(id(card, "status")).hasText("Waiting");
        assertThat(id(card, "tool")).hasText("step");

        Step step = NODE.claim("step");
        step.progress(0.42, "Reading the second file");
        step.log("opened");
        assertThat(id(card, "percent")).hasText("42 %");
        assertThat(id(card, "message")).hasText("Reading the second file");
        assertThat(id(card, "status")).hasText("Running");
        assertThat(id(card, "log")).hasText("opened");
        assertThat(id(card, "job")).hasText(step.id());

        step.log("closed");
        step.complete("{\"big\": 12345678901234567890123, \"rate\": 0.10, \"name\": \"a\"}");
        assertThat(id(card, "status")).hasText("Completed");
        assertThat(id(card, "parts").locator("td")).hasText(new String[] {"12345678901234567890123", "a", "0.10"});
        assertThat(id(card, "log")).hasText("opened\nclosed\n");
        Await.until("the card has heard the end", Await.LONG, () -> Boolean.TRUE.equals(shown.card("ended")));
        assertThat(shown.card("getComputedStyle(document.getElementById('cancel').parentNode).display"))
                .isEqualTo("none");
    }

    @Test
    void aJobIsCancelledWithTheKeyboardAfterAQuestion() {
        Shown shown = called(Screen.LIGHT, "{}");
        Step step = NODE.claim("step");
        Page page = shown.page();
        FrameLocator card = shown.card();
        assertThat(id(card, "cancel")).isVisible();
        id(card, "cancel").focus();

        page.keyboard().press("Enter");
        assertThat(id(card, "keep")).isFocused();
        page.keyboard().press("Escape");
        assertThat(id(card, "cancel")).isFocused();
        assertThat(NODE.status(step.id())).isEqualTo("running");

        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(id(card, "status")).hasText("Cancelled");
        assertThat(NODE.status(step.id())).isEqualTo("cancelled");
    }

    @Test
    void theCardGoesOnAfterItsServerWasAway() throws Exception {
        Shown shown = called(Screen.LIGHT, "{}");
        Step step = NODE.claim("step");
        step.progress(0.5, "Half");
        assertThat(id(shown.card(), "percent")).hasText("50 %");

        NODE.stop();
        assertThat(id(shown.card(), "trouble")).containsText("The job goes on all the same; asking again in");
        NODE.beforeAll(null);

        step.progress(0.75, "More");
        assertThat(id(shown.card(), "percent")).hasText("75 %");
        assertThat(id(shown.card(), "trouble")).isHidden();
        step.complete("\"done\"");
        assertThat(id(shown.card(), "parts")).hasText("done");
    }

    @Test
    void whatAJobSaysIsShownAsText() {
        Shown shown = called(Screen.LIGHT, "{html: " + js(HOSTILE.get(0)) + "}");
        FrameLocator card = shown.card();
        Step step = NODE.claim("step");
        HOSTILE.forEach(text -> step.log(text.replace("\"", "\\\"")));
        step.progress(0.1, HOSTILE.get(0));
        assertThat(id(card, "message")).hasText(HOSTILE.get(0));
        assertThat(id(card, "log")).hasText(String.join("\n", HOSTILE) + "\n");
        String rows = "["
                + String.join(
                        ",",
                        HOSTILE.stream()
                                .map(text -> "{" + js(text) + ":" + js(text) + "}")
                                .toList()) + "]";
        step.complete(rows);
        assertThat(id(card, "parts").locator("td").first()).hasText(HOSTILE.get(0));

        assertThat(shown.card(
                        "[...document.querySelectorAll('img, svg, iframe, a, style, script')].map(one => one.tagName)"))
                .isEqualTo(List.of("STYLE", "SCRIPT"));
    }

    private static String js(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    @Test
    void anErrorIsShownWithItsCure() {
        Shown shown = called(Screen.DARK, "{}");
        NODE.claim("step").fail("TOOL_ERROR", "no such <b>file</b>");

        assertThat(id(shown.card(), "error"))
                .hasText(
                        "no such <b>file</b> (TOOL_ERROR)\nThe log has what the tool said. Call it again when that is put right.");
        assertThat(id(shown.card(), "status")).hasText("Failed");
    }

    @Test
    void aJobThatWasOnlyStartedIsFollowedAndItsModelToldOfTheEnd() {
        // The card asks before it knows the job, and is answered when it does.
        Shown shown = HOST.open(BROWSER.page(Screen.LIGHT), """
                () => {
                  const real = answer, tell = host.tell;
                  let toldResult, asked;
                  const whenTold = new Promise(done => { toldResult = done; });
                  const whenAsked = new Promise(done => { asked = done; });
                  host.tell = async (method, params) => {
                    if (method.endsWith('tool-result')) await whenAsked;
                    tell.call(host, method, params);
                    if (method.endsWith('tool-result')) toldResult();
                  };
                  answer = async (method, params) => {
                    const said = await real(method, params);
                    if (params.arguments?.arguments) { asked(); await whenTold; }
                    return said;
                  };
                }""").call("job_start", "{tool: 'step', arguments: {}}");
        Step step = NODE.claim("step");
        assertThat(id(shown.card(), "tool")).hasText("step");
        step.complete("[1, 2]");

        assertThat(id(shown.card(), "parts")).hasText("[\n  1,\n  2\n]");
        shown.page().waitForFunction("host.asked.some(one => one.method === 'ui/update-model-context')");
    }

    @Test
    void filesAndImagesOfAResultAreShown() {
        Shown shown = called(Screen.LIGHT, "{}");
        NODE.claim("step").complete("""
                {"content": [
                  {"type": "text", "text": "Two parts"},
                  {"type": "image", "mimeType": "image/gif",
                   "data": "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"},
                  {"type": "image", "mimeType": "image/svg+xml", "data": "PHN2Zy8+"},
                  {"type": "resource_link", "uri": "longhaul://jobs/1/files/a%20b.csv", "name": "a b.csv", "size": 2345}]}""");
        FrameLocator card = shown.card();
        assertThat(card.locator("img")).hasAttribute("alt", "Image 2 of the result");
        assertThat(id(card, "parts")).containsText("image of the type image/svg+xml");
        card.locator("button[aria-label='Save a b.csv']").click();

        shown.page()
                .waitForFunction("host.asked.some(one => one.method === 'ui/download-file'"
                        + " && one.params.contents[0].uri === 'longhaul://jobs/1/files/a%20b.csv')");
    }

    @Test
    void aQuestionOfTheJobIsAnsweredOnTheCard() {
        Shown shown = called(Screen.LIGHT, "{}");
        FrameLocator card = shown.card();
        Step step = NODE.claim("step");
        String question = """
                {"key": "remove", "message": "Remove <b>3</b> reports?", "schema": {"type": "object",
                 "required": ["amount", "level", "sure"], "properties": {
                  "amount": {"type": "integer", "title": "How many", "description": "Of those found"},
                  "level": {"enum": ["all", "old"]},
                  "sure": {"type": "boolean", "title": "I am sure"},
                  "why": {"type": "string"},
                  "tags": {"type": "array", "items": {"type": "string"}}}}}""";
        step.ask(question);
        Locator asked = id(card, "questions");
        assertThat(asked.locator("p").first()).hasText("Remove <b>3</b> reports?");
        assertThat(id(card, "status")).hasText("Needs an answer");
        assertThat(BROWSER.barriers(shown.frame())).isEmpty();

        asked.getByText("Answer", new Locator.GetByTextOptions().setExact(true)).click();
        assertThat(asked.locator(".bad")).hasText("How many is missing.");
        asked.getByLabel("How many").fill("1.5");
        asked.getByText("Answer", new Locator.GetByTextOptions().setExact(true)).click();
        assertThat(asked.locator(".bad")).containsText("The answer to \"remove\" does not fit: /amount");

        asked.getByLabel("How many").fill("12345678901234567890");
        asked.getByLabel("level").selectOption("old");
        asked.getByLabel("I am sure").check();
        asked.getByLabel("tags").fill("[\"a\"]");
        asked.getByLabel("How many").press("Enter");
        assertThat(asked).isHidden();
        assertThat(step.ask(question).toString())
                .contains("\"action\":\"accept\"")
                .contains("{\"amount\":12345678901234567890,\"level\":\"old\",\"sure\":true,\"tags\":[\"a\"]}");
    }

    @Test
    void aHostThatPassesNoCallsOnIsShownTheResultAllTheSame() {
        Shown shown =
                HOST.open(BROWSER.page(Screen.LIGHT), "host.capabilities = {}").call("step", "{}");
        assertThat(id(shown.card(), "trouble")).containsText("it shows the result when that is there");
        NODE.claim("step").complete("\"done\"");

        assertThat(id(shown.card(), "parts")).hasText("done");
        assertThat(id(shown.card(), "status")).hasText("Completed");
    }

    @Test
    void aCardThatIsHiddenAsksNothing() {
        Page page = BROWSER.page(Screen.LIGHT);
        Shown shown = HOST.open(page, NOTHING).call("step", "{}");
        Step step = NODE.claim("step");
        assertThat(id(shown.card(), "status")).hasText("Running");
        shown.card("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true}),"
                + " document.dispatchEvent(new Event('visibilitychange'))");
        // Not with waitForFunction: the policy of the card forbids its eval.
        Await.until(
                "the card asks nothing",
                Await.LONG,
                () -> shown.card("!asking && timer === 0").equals(true));

        step.progress(0.5, "Unseen");
        assertThat(shown.card("timer")).isEqualTo(0);
        shown.card("delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))");
        assertThat(id(shown.card(), "message")).hasText("Unseen");
    }

    @Test
    void nothingBarsPeopleAndThePicturesOfTheDocumentationAreCurrent() {
        Shown shown = HOST.open(BROWSER.page(new Screen(560, 500, false)), NOTHING)
                .call("reads.align", "{genome: 'GRCh38', reads: 'run-17.fq'}");
        Step step = NODE.claim("reads.align");
        step.log("index of GRCh38 loaded");
        step.log("run-17.fq: 48 million reads");
        step.progress(0.62, "Aligning, 29.8 of 48 million reads");
        assertThat(id(shown.card(), "percent")).hasText("62 %");
        inBothThemes(shown, "job-card-running");
        id(shown.card(), "cancel").click();
        inBothThemes(shown, null);

        step.complete("""
                [{"sample": "liver", "reads": 24013551, "mapped": 0.9812}, {"sample": "kidney", "reads": 23990412, "mapped": 0.9790}]""");
        assertThat(id(shown.card(), "status")).hasText("Completed");
        inBothThemes(shown, "job-card-completed");
    }

    /** Pictures are written anew when asked for: their times and ids differ each time. */
    private static void inBothThemes(Shown shown, String picture) {
        for (String theme : List.of("light", "dark")) {
            shown.host("host.set({theme: '" + theme + "'})");
            assertThat(shown.card().locator("html")).hasAttribute("data-theme", theme);
            assertThat(BROWSER.barriers(shown.frame())).isEmpty();
            if (picture != null && "write".equals(System.getProperty("longhaul.snapshot"))) {
                shown.page()
                        .locator("iframe")
                        .screenshot(new Locator.ScreenshotOptions()
                                .setPath(Path.of("docs", "images", picture + "-" + theme + ".png")));
            }
        }
    }

    @Test
    void theCardLooksLikeItsHost() {
        Shown shown = HOST.open(BROWSER.page(Screen.LIGHT), """
                host.context.styles = {variables: {'--color-background-primary': 'rgb(1, 2, 3)', '--font-sans': 'serif'}};
                host.context.availableDisplayModes = ['inline', 'fullscreen']""").call("step", "{}");
        NODE.claim("step");
        assertThat(id(shown.card(), "status")).hasText("Running");

        assertThat(shown.card(
                        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).fontFamily"))
                .isEqualTo("rgb(1, 2, 3)serif");
        id(shown.card(), "larger").click();
        assertThat(id(shown.card(), "larger")).hasText("Smaller");
    }

    @Test
    void aNarrowCardIsAsWideAsItsHost() {
        Shown shown = called(Screen.NARROW, "{}");
        Step step = NODE.claim("step");
        step.log("x".repeat(500));
        step.progress(0.5, "y".repeat(300));
        step.complete(
                "[{" + "\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4, \"e\": 5, \"f\": 6, \"g\": 7, \"h\": 8, \"long\": \""
                        + "z".repeat(200) + "\"}]");
        assertThat(id(shown.card(), "status")).hasText("Completed");

        assertThat(shown.card("document.documentElement.scrollWidth <= 320")).isEqualTo(true);
        assertThat(BROWSER.barriers(shown.frame())).isEmpty();
        Await.until(
                "the frame is as high as the card",
                Await.LONG,
                () -> shown.card("document.documentElement.scrollHeight <= innerHeight")
                        .equals(true));
    }
}
