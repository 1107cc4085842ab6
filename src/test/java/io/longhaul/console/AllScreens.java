package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.ColorScheme;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;

/** A page of the console in light and dark, and on a narrow screen, without loading it again. */
final class AllScreens {
    private AllScreens() {}

    /** Fails if the page keeps somebody out, or is wider than its screen. */
    static void look(Browser browser, Page page, String url) {
        for (int renewals = 0; !isLookedAt(browser, page, url); renewals++) {
            assertThat(renewals).as(url + " renews itself again and again").isLessThan(3);
        }
    }

    /** False if the page has renewed itself meanwhile, as it does when what happened gives it another part. */
    private static boolean isLookedAt(Browser browser, Page page, String url) {
        try {
            lookOnce(browser, page, url);
            return true;
        } catch (PlaywrightException e) {
            if (e.getMessage().contains("because of a navigation")) {
                return false;
            }
            throw e;
        }
    }

    private static void lookOnce(Browser browser, Page page, String url) {
        page.setViewportSize(Screen.LIGHT.width(), Screen.LIGHT.height());
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.navigate(url);
        page.evaluate("document.querySelectorAll('details:not(.confirm)').forEach(one => one.open = true)");
        assertThat(browser.barriers(page.mainFrame())).as(url).isEmpty();
        assertFits(page);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        assertThat(browser.barriersOfColour(page.mainFrame()))
                .as(url + " in the dark")
                .isEmpty();
        page.setViewportSize(Screen.NARROW.width(), Screen.NARROW.height());
        assertThat(browser.barriersOfForm(page.mainFrame()))
                .as(url + ", narrow")
                .isEmpty();
        assertFits(page);
    }

    private static void assertFits(Page page) {
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as(page.url() + " in " + page.viewportSize().width + " pixels")
                .isEqualTo(true);
    }
}
