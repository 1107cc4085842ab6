package io.longhaul.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import io.longhaul.browser.Browser.Screen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests in a browser rely on. */
@Tag("browser")
class BrowserTest {
    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @Test
    void aPageIsShownAsTheScreenSays() {
        Page page = BROWSER.page(new Screen(320, 640, true));

        assertThat(page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]")
                        .toString())
                .isEqualTo("[320, true]");
    }

    @Test
    void barriersAreFound() {
        Page page = BROWSER.page(Screen.LIGHT);
        page.setContent("<html lang=en><title>Test</title><main><h1>Test</h1><img src='data:,'></main></html>");

        assertThat(BROWSER.barriers(page.mainFrame()))
                .singleElement()
                .asString()
                .startsWith("image-alt");
    }

    @Test
    void failedScriptsAndWhatThePolicyForbidsAreNoticed() {
        Page page = BROWSER.page(Screen.LIGHT);
        page.setContent("""
                <meta http-equiv="Content-Security-Policy" content="img-src 'none'">
                <img src="data:,"><script>setTimeout(() => { throw new Error('broken'); })</script>
                """);
        page.waitForFunction("document.readyState === 'complete'");

        assertThat(BROWSER.takeProblems())
                .hasSize(2)
                .anyMatch(problem -> problem.contains("img-src 'none'"))
                .anyMatch(problem -> problem.contains("broken"));
    }

    @Test
    void noOtherHostIsReached() {
        Page page = BROWSER.page(Screen.LIGHT);

        assertThatThrownBy(() -> page.navigate("http://example.com/"))
                .isInstanceOf(PlaywrightException.class)
                .hasMessageContaining("ERR_NAME_NOT_RESOLVED");
    }
}
