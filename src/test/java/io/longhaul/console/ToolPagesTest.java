package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of tools, and the form that submits jobs. */
class ToolPagesTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    @Test
    void everyToolHasAFormOfItsSchema() {
        Shown list = browser.get("/ui/tools");
        Pages.check(list);
        assertThat(list.page().select("tbody a[data-open]").eachText()).contains("echo", "fold", "step");
        assertThat(list.page().select("td b")).isEmpty();

        Shown tool = browser.get("/ui/tools/fold");

        Pages.check(tool);
        Document page = tool.page();
        assertThat(page.select("form > .field label").eachText())
                .containsExactly(
                        "sequence", "model", "recycles optional", "relax optional", "templates optional", "Params");
        for (Element input : page.select("form.submit .field :is(input, select, textarea)")) {
            assertThat(page.select("label[for=" + input.id() + "]"))
                    .as(input.outerHtml())
                    .hasSize(1);
        }
        assertThat(page.select("select[name='p.model'] option").eachAttr("value"))
                .containsExactly("", "\"small\"", "\"large\"");
        assertThat(page.select(".commands").text())
                .contains("/v1/jobs")
                .contains("job submit fold")
                .contains("tools/call");
    }

    @Test
    void theFormSubmitsWhatWasEnteredWithEveryDigit() {
        Shown job = browser.post(
                "/ui/tools/fold",
                "p.sequence",
                " MKV\"<b>LA ",
                "p.model",
                "\"large\"",
                "p.recycles",
                "12345678901234567890.500",
                "p.relax",
                "false",
                "p.templates",
                "[\"1abc\"]",
                "priority",
                "7");

        assertThat(job.path()).startsWith("/ui/jobs/");
        String id = job.path().substring("/ui/jobs/".length());
        assertThat(browser.get("/ui/jobs/" + id + "/params.json").answer().body())
                .contains("\" MKV\\\"<b>LA \"")
                .contains("12345678901234567890.500")
                .contains("\"relax\": false")
                .contains("[\"1abc\"]");
        assertThat(job.page().select(".facts").text()).contains("Priority 7");
    }

    @Test
    void whatIsWrongIsSaidAtItsField() {
        Shown refused = browser.post(
                "/ui/tools/fold", "p.sequence", "abc", "p.recycles", "many", "p.templates", "[1", "priority", "99");

        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(422);
        Document page = refused.page();
        for (String name : new String[] {"p.sequence", "p.model", "p.recycles", "p.templates", "priority"}) {
            assertThat(wrong(page, name)).as(name).isNotBlank();
        }
        assertThat(page.selectFirst("[name='p.sequence']").val()).isEqualTo("abc");
        assertThat(page.selectFirst("[name='p.templates']").val()).isEqualTo("[1");
        assertThat(wrong(page, "p.recycles")).isEqualTo("must be a number, such as 12 or 0.5.");
        assertThat(wrong(page, "p.templates"))
                .isEqualTo(
                        "is not JSON: Unexpected end-of-input: expected close marker for Array, at line 1, column 3.");
        assertThat(page.select("#refused a").eachText())
                .containsExactly("sequence", "model", "recycles", "templates", "Priority");
        for (Element link : page.select("#refused a")) {
            assertThat(page.getElementById(link.attr("href").substring(1)).attr("aria-invalid"))
                    .isEqualTo("true");
        }
        for (String said : page.select(".field .wrong").eachText()) {
            assertThat(page.body().text().split(Pattern.quote(said), -1))
                    .as(said)
                    .hasSize(2);
        }
        Shown raw = browser.post("/ui/tools/fold", "as", "json", "params", "{\"sequence\":");
        Pages.check(raw);
        assertThat(wrong(raw.page(), "params")).contains("is not JSON").contains("line 1, column 13");
        assertThat(raw.page().selectFirst("#params").val()).isEqualTo("{\"sequence\":");
        Shown other = browser.post("/ui/tools/fold", "as", "json", "params", "{\"model\": \"small\", \"x\": 1}");
        assertThat(wrong(other.page(), "params")).contains("sequence").contains("x");
    }

    /** What is said at a field that is wrong. */
    private static String wrong(Document page, String name) {
        Element input = page.selectFirst("[name='" + name + "'][aria-invalid=true]");
        return page.getElementById(input.attr("aria-describedby").replaceFirst(".* ", ""))
                .text();
    }

    @Test
    void optionsThatAreWrongAreOpenAndSayWhy() {
        String[] options = {"priority", "99", "run_at", "tomorrow", "max_attempts", "x", "timeout_seconds", "0"};
        for (String form : new String[] {"form", "json"}) {
            String[] sent = new String[options.length + 2];
            System.arraycopy(options, 0, sent, 0, options.length);
            sent[options.length] = "as";
            sent[options.length + 1] = form;
            Shown refused = browser.post("/ui/tools/echo", sent);

            Pages.check(refused);
            assertThat(refused.status()).isEqualTo(422);
            Document page = browser.post("/ui/tools/echo", "as", "json", "priority", "99")
                    .page();
            assertThat(page.select("details.options[open] [aria-invalid]").eachAttr("name"))
                    .containsExactly("priority");
            assertThat(refused.page().selectFirst("[name=run_at][aria-invalid]").val())
                    .isEqualTo("tomorrow");
            assertThat(wrong(refused.page(), "run_at")).contains("must be a time in ISO-8601");
            assertThat(wrong(refused.page(), "timeout_seconds")).contains("must be a whole number from 1");
        }
        assertThat(browser.get("/ui/tools/echo").page().select("details.options[open]"))
                .isEmpty();
    }

    @Test
    void aTimeIsEnteredWithoutItsZoneAndMeansUtc() {
        Document form = browser.get("/ui/tools/echo").page();
        Element input = form.selectFirst("[name=run_at]");
        assertThat(input.attr("type")).isEqualTo("datetime-local");
        assertThat(form.getElementById(input.attr("aria-describedby")).text()).contains("UTC");

        String job = browser.post("/ui/tools/echo", "as", "json", "run_at", "2099-02-03T04:05")
                .path();

        assertThat(NODE.api("GET", "/v1" + job.substring(3), "", null)
                        .path("run_at")
                        .asText())
                .startsWith("2099-02-03T04:05:00");
        Shown refused = browser.post("/ui/tools/echo", "as", "json", "run_at", "2099-02-03T04:05", "priority", "99");
        assertThat(refused.page().select("[name=run_at]").last().val()).isEqualTo("2099-02-03T04:05");
    }

    @Test
    void aSecondClickMakesNoSecondJob() {
        String once = browser.get("/ui/tools/echo")
                .page()
                .selectFirst("input[name=once]")
                .val();

        String first = browser.post("/ui/tools/echo", "as", "json", "params", "{\"a\": 1}", "once", once)
                .path();

        assertThat(browser.post("/ui/tools/echo", "as", "json", "params", "{\"a\": 1}", "once", once)
                        .path())
                .isEqualTo(first);
        assertThat(browser.post("/ui/tools/echo", "as", "json", "params", "{\"a\": 2}", "once", once)
                        .path())
                .isNotEqualTo(first);
    }

    @Test
    void aRunIsRepeatedWithOtherParamsAndTheDifferenceIsShown() {
        String former = browser.post("/ui/tools/fold", "p.sequence", "MKVLA", "p.model", "\"small\"")
                .path()
                .substring("/ui/jobs/".length());
        String address = browser.get("/ui/jobs/" + former)
                .page()
                .select("a:contains(Change and run)")
                .attr("href");
        Document form = browser.get(address).page();
        assertThat(form.selectFirst("[name='p.sequence']").val()).isEqualTo("MKVLA");
        assertThat(form.select("option[selected]").eachAttr("value")).contains("\"small\"");

        Shown job = browser.post(
                "/ui/tools/fold",
                "p.sequence",
                "MKVLAAA",
                "p.model",
                "\"small\"",
                "p.relax",
                "true",
                "from",
                form.selectFirst("input[name=from]").val());

        Pages.check(job);
        assertThat(job.page().select(".difference tbody tr").eachText())
                .containsExactly("relax not given true", "sequence \"MKVLA\" \"MKVLAAA\"");
    }

    @Test
    void numbersOfManyDigitsAreSubmittedAndCompared() {
        String number = "7".repeat(5_000);
        String former = browser.post("/ui/tools/echo", "as", "json", "params", "{\"n\": " + number + "1}")
                .path()
                .substring("/ui/jobs/".length());

        Shown job = browser.post("/ui/tools/echo", "as", "json", "params", "{\"n\": " + number + "2}", "from", former);

        assertThat(job.path()).startsWith("/ui/jobs/");
        assertThat(job.page().select(".difference tbody th").text()).isEqualTo("n");
        assertThat(browser.get("/ui/tools/echo?from=" + former)
                        .page()
                        .selectFirst("#params")
                        .val())
                .contains(number + "1");
    }

    @Test
    void aTextOfSeveralLinesStaysOne() {
        String former = NODE.submit("""
                {"tool": "fold", "params": {"sequence": "\\nMKV\\nLAT", "model": "small"}}""");
        Document page = browser.get("/ui/tools/fold?from=" + former).page();

        Element field = page.selectFirst("textarea[name='p.sequence']");
        // A browser leaves out the first line end.
        assertThat(field.wholeText()).isEqualTo("\n\nMKV\nLAT");
        assertThat(page.selectFirst("details.fold").hasAttr("open")).isTrue();
        Shown again = browser.post(
                "/ui/tools/fold",
                "p.sequence",
                field.wholeText().substring(1).replace("\n", "\r\n"),
                "p.model",
                "\"small\"",
                "from",
                former);
        assertThat(again.text()).contains("The params are the same.");
    }

    @Test
    void aFormerRunThatWasRemovedCostsNoInput() {
        for (String from : new String[] {"00000000-0000-4000-8000-000000000000", "no id &%"}) {
            Shown job = browser.post("/ui/tools/fold", "p.sequence", "MKVLA", "p.model", "\"small\"", "from", from);
            Pages.check(job);
            assertThat(job.status()).as(from).isEqualTo(200);
            assertThat(job.path()).as(from).startsWith("/ui/jobs/");
            assertThat(job.page().select(".difference")).isEmpty();

            Shown refused = browser.post("/ui/tools/fold", "p.sequence", "MKV", "from", from);
            assertThat(refused.status()).as(from).isEqualTo(422);
            assertThat(refused.page().selectFirst("[name='p.sequence']").val()).isEqualTo("MKV");
        }
    }

    @Test
    void aToolIsPausedAndResumed() {
        Shown paused = browser.post("/ui/tools/step/pause", "reason", "A <b>new</b> version comes");
        Pages.check(paused);
        assertThat(paused.text()).contains("Reason: A <b>new</b> version comes");
        assertThat(browser.get("/ui/tools")
                        .page()
                        .select("tr:contains(step) .status")
                        .text())
                .isEqualTo("paused");
        String waiting = browser.post("/ui/tools/step", "as", "json").path();
        assertThat(browser.get(waiting).page().select("#timeline").text()).contains("paused");

        assertThat(browser.post("/ui/tools/step/pause", "resume", "1").page().select(".wrong"))
                .isEmpty();
    }

    @Test
    void anAnswerThatComesAfterAnotherIsShownAsItWasTyped() {
        String id = NODE.submit("{\"tool\": \"asks\"}");
        NODE.await(id, job -> job.path("waiting_for_input").asBoolean());
        NODE.api("POST", "/v1/jobs/" + id + "/inputs/approve", "{\"content\": {\"confirmed\": true}}", null);

        Shown late = browser.post("/ui/jobs/" + id + "/answer", "key", "approve", "p.confirmed", "false");

        Pages.check(late);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.page().select("#questions h2").text()).isEqualTo("It waits for no answer any more");
        assertThat(late.page().select("#questions").text())
                .contains("Remove 40 reports?", "has another answer already, which stays.");
        assertThat(late.page().select("#questions pre").text()).isEqualTo("false");
        assertThat(late.page().select("form[action$=answer]")).isEmpty();
    }

    @Test
    void aQuestionOfAToolIsAnswered() {
        String id = NODE.submit("{\"tool\": \"asks\"}");
        NODE.await(id, job -> job.path("waiting_for_input").asBoolean());
        Shown job = browser.get("/ui/jobs/" + id);
        Pages.check(job);
        assertThat(browser.get("/ui/jobs?tool=asks").text()).contains("waits for an answer");
        Element form = job.page().selectFirst("form[action$=answer]");
        String key = form.select("input[name=key]").val();

        Shown refused = browser.post(form.attr("action"), "key", key);

        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(wrong(refused.page(), "p.confirmed")).isNotBlank();
        assertThat(refused.page().select("#questions [role=alert] a").text()).isEqualTo("confirmed");
        Shown answered = browser.post(form.attr("action"), "key", key, "p.confirmed", "true");
        assertThat(answered.status()).isEqualTo(200);
        NODE.await(id, now -> now.path("status").asText().equals("completed"));
        assertThat(browser.get("/ui/jobs/" + id).page().select("form[action$=answer]"))
                .isEmpty();
    }
}
