package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.SignInProvider;
import io.longhaul.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People sign in to the console at a provider. */
class ProviderPagesTest {
    private static final SignInProvider PROVIDER = new SignInProvider();

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE =
            new ConsoleNode(DATABASE, PROVIDER.configuration() + "publicUrl: https://jobs.example.org/\n");

    private final Browser browser = NODE.browser();

    @BeforeEach
    void connect() {
        PROVIDER.server = NODE.url();
        PROVIDER.back = answer -> {};
        PROVIDER.broken = 0;
    }

    @AfterAll
    static void close() {
        PROVIDER.close();
    }

    private static List<String> cookies(Shown shown) {
        return shown.answer().headers().allValues("Set-Cookie");
    }

    private static Shown first(Shown shown) {
        HttpResponse<String> answer = shown.answer();
        while (answer.previousResponse().isPresent()) {
            answer = answer.previousResponse().get();
        }
        return new Shown(answer);
    }

    /** The cookies are for https, so the test sends them itself. */
    private static String sent(Shown shown) {
        return cookies(shown).stream()
                .map(cookie -> cookie.replaceFirst(";.*", "").replace("\"", ""))
                .filter(cookie -> !cookie.endsWith("="))
                .reduce((one, two) -> one + "; " + two)
                .orElseThrow();
    }

    private Shown signIn(String to) {
        Shown asked = browser.get("/ui/sign-in?to=" + to);
        Pages.check(asked);
        String link = asked.page().select("a.primary").attr("href");
        Shown begun = first(browser.get(link));
        assertThat(begun.status()).isEqualTo(303);
        return browser.back(begun, sent(begun));
    }

    @Test
    void whoeverSignsInThereGoesOnWhereTheyWantedTo() {
        Shown in = signIn("/ui/jobs?status%3Dfailed");

        Pages.check(in);
        assertThat(in.status()).as(in.text()).isEqualTo(200);
        assertThat(in.header("Refresh")).isEqualTo("0; url=/ui/jobs?status=failed");
        assertThat(in.text()).contains("You are oidc:ada");
        assertThat(cookies(in))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("longhaul_session=")
                        .contains("Secure")
                        .contains("HttpOnly")
                        .contains("SameSite=Strict"))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("__Host-longhaul_sign_in=;")
                        .contains("Max-Age=0"));
        Shown jobs = browser.get("/ui/jobs", "Cookie", sent(in));
        assertThat(jobs.page().select(".who").text()).isEqualTo("oidc:ada submit");
        assertThat(browser.get("/v1/jobs", "Cookie", sent(in)).status()).isEqualTo(200);
    }

    @Test
    void theProvidersCookieIsForThisHostAndTheWayBackOnly() {
        Shown begun = first(browser.get("/ui/sign-in/provider?to=//evil.example"));

        assertThat(cookies(begun))
                .singleElement()
                .asString()
                .startsWith("__Host-longhaul_sign_in=")
                .contains("Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600");
        assertThat(browser.back(begun, sent(begun)).header("Refresh")).isEqualTo("0; url=/ui");
    }

    @Test
    void otherSitesSendNobodyThere() {
        Shown asked = browser.get("/ui/sign-in/provider?to=/ui/jobs", "Sec-Fetch-Site", "cross-site");

        assertThat(asked.path()).isEqualTo("/ui/sign-in");
        assertThat(cookies(first(asked))).isEmpty();
    }

    @Test
    void answersThatNobodyAskedForAreRefused() {
        Shown begun = first(browser.get("/ui/sign-in/provider"));
        String cookie = sent(begun);
        for (String query : List.of("", "?code=x&state=y", "?error=access_denied&error_description=Call+555")) {
            Shown refused = browser.get("/ui/sign-in/provider/back" + query, "Cookie", cookie);
            Pages.check(refused);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.page().select("[role=alert]").text())
                    .contains("not begun in this browser")
                    .contains("Open https://jobs.example.org/ui/sign-in");
            assertThat(refused.text()).doesNotContain("555");
            assertThat(cookies(refused)).noneMatch(set -> set.startsWith("longhaul_session"));
        }
    }

    @Test
    void whatTheProviderSaysIsShownAsText() {
        PROVIDER.back = answer -> {
            answer.put("error", "access_denied");
            answer.put("error_description", "<script>alert(1)</script>");
        };

        Shown refused = signIn("/ui");

        Pages.check(refused);
        assertThat(refused.page().select("[role=alert]").text()).contains("“<script>alert(1)</script>”");
    }

    @Test
    void aBrokenProviderIsSaidToBeAndKeysGoOn() {
        Shown begun = first(browser.get("/ui/sign-in/provider"));
        PROVIDER.broken = 500;
        Shown failed = browser.get(
                "/ui/sign-in/provider/back?code=x&state="
                        + SignInProvider.pairs(begun.header("Location").replaceFirst(".*\\?", ""))
                                .get("state"),
                "Cookie",
                sent(begun));

        Pages.check(failed);
        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.page().select("[role=alert]").text()).contains("it answered 500", "sign in with a key");
        assertThat(failed.page().select("input[name=key]")).hasSize(1);
    }

    @Test
    void whoeverSignsOutIsSignedOutThereToo() {
        String session = sent(signIn("/ui"));

        Shown out = browser.postWith(session, "/ui/sign-in", "out", "1");

        Pages.check(out);
        assertThat(out.header("Refresh")).isEqualTo("0; url=/ui/sign-in/provider/out");
        assertThat(cookies(out)).anyMatch(set -> set.startsWith("longhaul_session=;"));
        Shown there = browser.get("/ui/sign-in/provider/out");
        assertThat(there.path()).isEqualTo("/ui/sign-in");
        assertThat(PROVIDER.signedOut)
                .last()
                .asString()
                .contains("post_logout_redirect_uri=https://jobs.example.org/ui/sign-in");
    }
}
