package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
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
        assertThat(page.select(".field label").eachText())
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
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("#refused li").text()).contains("/priority");

        refused = browser.post("/ui/tools/fold", "p.sequence", "abc", "p.recycles", "many", "p.templates", "[1");

        Pages.check(refused);
        Document page = refused.page();
        for (String name : new String[] {"sequence", "model", "recycles", "templates"}) {
            Element input = page.selectFirst("[name='p." + name + "']");
            assertThat(input.attr("aria-invalid")).as(name).isEqualTo("true");
            String wrong = input.attr("aria-describedby").replaceFirst(".* ", "");
            assertThat(page.getElementById(wrong).text()).as(name).isNotBlank();
        }
        assertThat(page.selectFirst("[name='p.sequence']").val()).isEqualTo("abc");
        assertThat(page.selectFirst("[name='p.templates']").val()).isEqualTo("[1");
        Shown raw = browser.post("/ui/tools/fold", "as", "json", "params", "{\"sequence\":");
        assertThat(raw.text()).contains("The params are not JSON");
        assertThat(raw.page().selectFirst("#params").val()).isEqualTo("{\"sequence\":");
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
        assertThat(refused.page().select("#questions .wrong").text()).isNotBlank();
        Shown answered = browser.post(form.attr("action"), "key", key, "p.confirmed", "true");
        assertThat(answered.status()).isEqualTo(200);
        NODE.await(id, now -> now.path("status").asText().equals("completed"));
        assertThat(browser.get("/ui/jobs/" + id).page().select("form[action$=answer]"))
                .isEmpty();
    }
}
