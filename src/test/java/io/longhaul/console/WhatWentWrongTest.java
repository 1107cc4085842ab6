package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages that lead from an error to its cause: failures in groups, seen by a browser without scripts. */
class WhatWentWrongTest {
    private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;${7*7}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    private static String json(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String failed(String message) {
        String id = NODE.submit("{\"tool\": \"step\", \"max_attempts\": 1}");
        NODE.api("POST", NODE.claim() + "/fail", "{\"message\": " + json(message) + ", \"retryable\": false}", null);
        return id;
    }

    @Test
    void aFailureIsFoundByItsTextAndItsJobsRunAgainTogether() {
        String first = failed("cannot open /data/run-17/genes.fasta");
        String second = failed("cannot open /data/run-18/genes.fasta");
        failed("out of memory");

        Shown all = browser.get("/ui/failures");
        Pages.check(all);
        assertThat(all.page().select("nav a[aria-current]").text()).isEqualTo("Failures");
        assertThat(all.page().select("tbody th").eachText())
                .anyMatch(row -> row.startsWith("out of memory"))
                .anyMatch(row -> row.startsWith("cannot open /data/run-18"));

        Shown found = browser.get("/ui/failures?since=24h&tool=&error=RUN-17");
        Pages.check(found);
        assertThat(found.page().select("tbody tr")).hasSize(1);
        Element row = found.page().selectFirst("tbody tr");
        assertThat(row.select("td").get(0).text()).isEqualTo("1");
        assertThat(row.text())
                .contains("run-17")
                .contains("now")
                .contains("step")
                .contains("w");
        assertThat(row.select("svg[role=img]").attr("aria-label")).startsWith("at most 1 in 1 h");
        assertThat(row.select("a.mono").attr("href")).isEqualTo("/ui/jobs/" + first);
        assertThat(found.page().select("input[name=error]").val()).isEqualTo("RUN-17");
        assertThat(found.page().select(".commands").text())
                .contains("/v1/failures?since=")
                .contains("&error=RUN-17");

        Element group = browser.get("/ui/failures?error=cannot").page().selectFirst("tbody tr");
        assertThat(group.select("td").get(0).text()).isEqualTo("2");
        Shown jobs = browser.get(group.select("a[data-open]").attr("href"));
        assertThat(jobs.page().select("tbody tr").eachAttr("id")).containsExactly("job-" + second, "job-" + first);
        Shown preview = browser.get(group.select(".actions-cell a").attr("href"));
        Pages.check(preview);
        assertThat(preview.text()).contains("2 jobs");
        assertThat(browser.get("/ui/jobs/" + first).page().select("#error a").text())
                .isEqualTo("1 other failed alike");
    }

    @Test
    void whereNothingFailedThePageSaysWhatWasSearched() {
        Shown none = browser.get("/ui/failures?since=7d&error=no%20such%20text");
        Pages.check(none);
        assertThat(none.text()).contains("No failure of the last 7 days matches. All of them were searched.");

        Shown wrong = browser.get("/ui/failures?since=9y");
        Pages.check(wrong);
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("must be one of 1h, 24h, 7d");
    }

    @Test
    void textOfErrorsIsNeverMarkup() {
        failed(EVIL);

        Shown shown = browser.get("/ui/failures?error=" + encoded(EVIL));

        Pages.check(shown);
        assertThat(shown.page().select("img")).isEmpty();
        assertThat(shown.page().select("tbody th a").first().wholeText()).isEqualTo(EVIL);
        Pages.check(browser.get("/ui/failures?tool=" + encoded(EVIL)));
    }
}
