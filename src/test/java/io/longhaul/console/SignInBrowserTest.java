package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.longhaul.auth.Role;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.SignInProvider;
import io.longhaul.testing.TestDatabase;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sign-in at a provider on another site, with the cookies as a browser sends them. */
@Tag("browser")
class SignInBrowserTest {
    private static final SignInProvider PROVIDER = new SignInProvider();

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE =
            new ConsoleNode(DATABASE, PROVIDER.configuration() + "publicUrl: http://jobs.example.org/\n");

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private String server;

    @BeforeEach
    void connect() {
        server = NODE.url().replace("127.0.0.1", "jobs.example.org");
        PROVIDER.server = server;
        PROVIDER.roles = new String[] {"operate"};
    }

    @AfterAll
    static void close() {
        PROVIDER.close();
    }

    private Page signedIn(String path) {
        Page page = BROWSER.page(Screen.LIGHT);
        page.navigate(server + path);
        page.locator("a:has-text('Sign in at Lab')").click();
        assertThat(page.locator(".who")).containsText("oidc:ada");
        return page;
    }

    @Test
    void somebodySignsInElsewhereAndComesBackToThePage() {
        Page page = signedIn("/ui/jobs?tool=ping");

        assertThat(page).hasURL(server + "/ui/jobs?tool=ping");
        assertThat(page.locator("#live")).hasText("live");
        page.navigate(server + "/ui/sign-in");
        assertThat(BROWSER.barriers(page.mainFrame())).isEmpty();
    }

    @Test
    void whoeverSignsOutInOneTabIsSignedOutInTheOthers() {
        Page one = signedIn("/ui/jobs");
        Page other = one.context().newPage();
        other.navigate(server + "/ui/jobs");
        assertThat(other.locator("#live")).hasText("live");

        one.locator("button[title='Sign out']").click();

        assertThat(one).hasURL(Pattern.compile(".*/ui/sign-in"));
        assertThat(PROVIDER.signedOut).isNotEmpty();
        NODE.api("POST", "/v1/jobs", "{\"tool\": \"ping\"}", NODE.key("other", Role.SUBMIT));
        Locator live = other.locator("#live");
        assertThat(live).hasText("signed out; reload the page");
        Locator stale = other.locator("#stale");
        assertThat(stale).containsText("you are signed out; sign in in another tab and come back");

        one.navigate(server + "/ui/jobs");
        one.locator("a:has-text('Sign in at Lab')").click();
        assertThat(one.locator(".who")).containsText("oidc:ada");
        other.evaluate("dispatchEvent(new Event('focus'))");
        assertThat(live).hasText("live");
        assertThat(stale).isHidden();

        one.locator("button[title='Sign out']").click();
        assertThat(one).hasURL(Pattern.compile(".*/ui/sign-in"));
        other.reload();
        assertThat(other).hasURL(Pattern.compile(".*/ui/sign-in.*"));
    }
}
