package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.Role;
import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pages that read themselves again: when they are told to, and what they share. */
class LivePagesTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "auth: {mode: keys}\n");

    private static String submit(String key) {
        String job = "{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}";
        return NODE.api("POST", "/v1/jobs", job, key).path("job_id").asText();
    }

    /** Reads a page again as its script does; an answer may be so many milliseconds old. */
    private static HttpResponse<byte[]> read(String path, String key, int oldest) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(NODE.url() + path))
                                .headers("Cookie", session(key), "Accept-Encoding", "gzip")
                                .header("Longhaul-Live", String.valueOf(oldest))
                                .build(),
                        BodyHandlers.ofByteArray());
    }

    private static String session(String key) {
        return "longhaul_session=" + NODE.browser().session(key);
    }

    private static Document page(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        byte[] body = answer.body();
        if (answer.headers().firstValue("Content-Encoding").isPresent()) {
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
                body = in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Jsoup.parse(new String(body, StandardCharsets.UTF_8));
    }

    private static Document jobs(String key, int oldest) throws Exception {
        return page(read("/ui/jobs", key, oldest));
    }

    @Test
    void whatIsReadAgainIsTheContentAlone() throws Exception {
        String key = NODE.key("carl", Role.OPERATE);
        String id = submit(key);
        NODE.api("PUT", "/v1/views/mine", "{\"query\": \"tool=ping\"}", key);

        Document page = jobs(key, 0);

        assertThat(page.select("main #job-" + id)).hasSize(1);
        assertThat(page.select("nav[aria-label=Console], header, footer, script"))
                .isEmpty();
        assertThat(page.text()).doesNotContain("carl", "mine");
    }

    @Test
    void pagesWithTheSameRoleShareWhatIsYoungEnough() throws Exception {
        String one = NODE.key("one", Role.OPERATE);
        String other = NODE.key("other", Role.OPERATE);
        jobs(one, 9_000);

        String id = submit(one);

        assertThat(jobs(other, 9_000).select("#job-" + id)).as("made before").isEmpty();
        assertThat(jobs(other, 0).select("#job-" + id)).as("made anew").hasSize(1);
        assertThat(read("/ui/jobs?tool=ping", other, 9_000).body()).isNotEmpty();
        assertThat(page(read("/ui/jobs?tool=ping", one, 9_000)).select("#job-" + id))
                .as("another address")
                .hasSize(1);
    }

    @Test
    void nobodyGetsWhatWasMadeForMorePowerfulPeopleOrForOthersThatSeeOnlyTheirOwn() throws Exception {
        String operator = NODE.key("operator", Role.OPERATE);
        String mine = NODE.key("mine", Role.SUBMIT);
        String yours = NODE.key("yours", Role.SUBMIT);
        String id = submit(mine);
        assertThat(jobs(operator, 9_000).select("#job-" + id)).hasSize(1);
        assertThat(jobs(mine, 9_000).select("#job-" + id)).hasSize(1);

        assertThat(jobs(yours, 9_000).select("#job-" + id)).isEmpty();
        Document reader = jobs(NODE.key("reader", Role.READ), 9_000);
        assertThat(reader.select("#job-" + id)).isEmpty();
        assertThat(reader.select("button[name=action]")).isEmpty();
        assertThat(read("/ui/audit", operator, 9_000).statusCode()).isEqualTo(403);
    }

    @Test
    void aPageIsToldOnceThatManyJobsChanged() throws Exception {
        String key = NODE.key("watcher", Role.OPERATE);
        HttpResponse<InputStream> stream = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(NODE.url() + "/ui/changes?tool=ping"))
                                .header("Cookie", session(key))
                                .build(),
                        BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(changed(lines)).as("since the page was read").isEqualTo("0");
            long begun = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                submit(key);
            }
            assertThat(changed(lines)).isEqualTo("0");
            submit(key);
            assertThat(changed(lines)).isEqualTo("0");
            assertThat(System.nanoTime() - begun)
                    .as("two rests passed: the twenty came as one")
                    .isGreaterThan(3_900_000_000L);
        }
    }

    @Test
    void theStreamOfAPageEndsWithTheKeyOfItsSession() throws Exception {
        String key = NODE.key("leaver", Role.OPERATE);
        HttpResponse<InputStream> stream = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(NODE.url() + "/ui/changes"))
                                .header("Cookie", session(key))
                                .build(),
                        BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(changed(lines)).isEqualTo("0");

            NODE.revoke(key);

            assertThat(lines.lines()).as("it ends").noneMatch(line -> line.startsWith("event: reset"));
        }
    }

    private static String changed(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.equals("event: changed")) {
            line = lines.readLine();
        }
        return lines.readLine().replaceFirst("data: ", "");
    }

    @Test
    void whoeverSeesOnlyTheirOwnJobsGetsNoStreamOfAll() throws Exception {
        Browser browser = NODE.browser().signedIn(NODE.key("own", Role.SUBMIT));

        assertThat(browser.get("/ui/jobs").page().body().hasAttr("data-events")).isFalse();
        assertThat(browser.get("/ui/changes").status()).isEqualTo(403);
    }
}
