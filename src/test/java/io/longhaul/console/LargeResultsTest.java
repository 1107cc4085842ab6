package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Results of ten megabytes: their pages come without them, and show the beginning to whoever asks. */
class LargeResultsTest {
    private static final int ROWS = 110_000;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    private final Browser browser = NODE.browser();

    private static String completed(String result) {
        String id = NODE.submit("{\"tool\": \"step\"}");
        String attempt = NODE.claim(id);
        NODE.api("POST", attempt + "/complete", "{\"result\": " + result + "}", null);
        return id;
    }

    /** Rows of digits that no compression makes small, each with more than a double can hold. */
    private static String rows() {
        Random random = new Random(7);
        return IntStream.range(0, ROWS)
                .mapToObj(i -> "{\"name\": \"r" + i + "\", \"score\": 12345678901234567890."
                        + (100_000_000_000L + random.nextLong(100_000_000_000L)) + "00, \"length\": "
                        + (i + 1)
                        + "}")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Test
    void aPageComesWithoutAResultOfTenMegabytesAndShowsItsBeginningToWhoeverAsks() {
        String rows = rows();
        assertThat(rows.length()).isGreaterThan(9_000_000);
        String id = completed(rows);

        Shown first = browser.get("/ui/jobs/" + id);

        Pages.check(first);
        assertThat(first.answer().body()).doesNotContain("12345678901234567890").hasSizeLessThan(40_000);
        assertThat(first.page().select("#result").text())
                .contains("MiB where it is stored", "this page came without it");

        Shown whole =
                browser.get(first.page().select("#result a:contains(Show)").attr("href"));
        Pages.check(whole);
        assertThat(whole.page().select("#result thead th").eachText()).containsExactly("name", "score", "length");
        assertThat(whole.page().select("#result tbody tr")).hasSize(200);
        assertThat(whole.page().select("#result tbody tr").first().text())
                .matches("r0 12345678901234567890\\.\\d{12}00 1");
        assertThat(whole.page().select("#result pre.json").text()).hasSizeBetween(60_000, 140_000);

        String download =
                browser.get("/ui/jobs/" + id + "/result.json").answer().body();
        assertThat(download.replace(" ", "")).isEqualTo(rows.replace(" ", ""));
        assertThat(browser.get("/ui/jobs/" + id + "/result.csv").answer().body().lines())
                .hasSize(ROWS + 1);
    }

    @Test
    void imagesOfALargeResultAreShownToWhoeverAsks() throws Exception {
        byte[] bytes = new byte[150_000];
        new Random(7).nextBytes(bytes);
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
        String id = completed("{\"plot of & all\": \"" + uri + "\", \"bad\": \"data:image/svg+xml;base64,AAAA\"}");

        assertThat(browser.get("/ui/jobs/" + id).page().select("#result img")).isEmpty();
        Shown whole = browser.get("/ui/jobs/" + id + "?whole=true");

        Pages.check(whole);
        assertThat(whole.page().select("#result figcaption").eachText()).containsExactly("plot of & all");
        String address = whole.page().select("#result img").attr("src");
        assertThat(address).startsWith("/ui/jobs/" + id + "/result/image?member=");
        HttpResponse<byte[]> image = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(NODE.url() + address)).build(), BodyHandlers.ofByteArray());
        assertThat(image.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(image.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(image.body()).isEqualTo(bytes);
        for (String wrong : List.of("", "?member=bad", "?member=none")) {
            assertThat(browser.get("/ui/jobs/" + id + "/result/image" + wrong).status())
                    .as(wrong)
                    .isEqualTo(404);
        }
    }

    @Test
    void aLargeResultThatIsAnImageIsShown() {
        byte[] bytes = new byte[60_000];
        new Random(8).nextBytes(bytes);
        String id = completed("\"data:image/webp;base64," + Base64.getEncoder().encodeToString(bytes) + "\"");

        Shown whole = browser.get("/ui/jobs/" + id + "?whole=true");

        assertThat(whole.page().select("#result img").eachAttr("src"))
                .containsExactly("/ui/jobs/" + id + "/result/image");
        assertThat(browser.get("/ui/jobs/" + id + "/result/image").status()).isEqualTo(200);
    }

    @Test
    void largeParamsAreLeftOutAsWell() {
        String text = new Random(7)
                .ints(200_000, 'a', 'z' + 1)
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
        String id = NODE.submit(
                "{\"tool\": \"step\", \"params\": {\"much\": \"" + text + "\"}, \"run_at\": \"2099-01-01T00:00:00Z\"}");

        Shown first = browser.get("/ui/jobs/" + id);

        Pages.check(first);
        assertThat(first.answer().body()).hasSizeLessThan(40_000);
        Shown whole = browser.get(first.page().select("#t-params ~ p a").attr("href"));
        assertThat(whole.page().select("#t-params ~ pre").text()).contains(text.substring(0, 60_000));
        assertThat(browser.get("/ui/jobs/" + id + "?compare=" + id).text()).contains("too large to be compared");
        assertThat(browser.get("/ui/jobs/" + id + "/logs").status()).isEqualTo(200);
        assertThat(browser.get("/v1/jobs/" + id).answer().body()).contains(text);
    }
}
