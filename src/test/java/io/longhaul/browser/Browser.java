package io.longhaul.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Pages in the Chromium that is installed, for tests with the tag {@code browser}, which the Maven profile of that name
 * runs. Each page is as in a fresh browser and is closed after its test. A test fails if a script of a page failed, or if
 * a Content Security Policy forbade a page something. A test that fails leaves pictures of its pages in {@code target/browser}.
 */
public final class Browser implements BeforeAllCallback, AfterEachCallback {
    private static final Path PICTURES = Path.of("target", "browser");
    private static final double PATIENCE_MILLIS = 60_000;

    private static final String AXE_RUN = """
            more => axe.run(document, {resultTypes: ['violations'], ...more}).then(found => found.violations.map(
                one => one.id + ': ' + one.help + ' ' + one.nodes.map(node => node.html).join(' ')))
            """;

    private final List<Page> pages = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private RunningChromium chromium;

    /**
     * What a page is shown on.
     *
     * @param width in pixels
     * @param height in pixels
     * @param dark whether the user prefers dark pages
     */
    public record Screen(int width, int height, boolean dark) {
        /** An everyday one. */
        public static final Screen LIGHT = new Screen(1000, 800, false);

        /** The same in the dark. */
        public static final Screen DARK = new Screen(1000, 800, true);

        /** The narrowest that pages are made for. */
        public static final Screen NARROW = new Screen(320, 640, false);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        chromium = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(RunningChromium.class, key -> new RunningChromium(), RunningChromium.class);
    }

    /** An empty page. Nothing moves on it, so that a picture of it is the same each time. */
    public Page page(Screen screen) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(screen.width(), screen.height())
                .setColorScheme(screen.dark() ? ColorScheme.DARK : ColorScheme.LIGHT)
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.onWebError(error -> problems.add("A script failed: " + error.error()));
        context.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                problems.add(message.text());
            }
        });
        Page page = context.newPage();
        pages.add(page);
        return page;
    }

    /** What keeps people from using what a frame shows, as far as axe finds it. For a whole page, its main frame. */
    public List<String> barriers(Frame frame) {
        return barriers(frame, Map.of());
    }

    /** Those of the colours: a page that was looked at before differs in nothing else in the dark. */
    public List<String> barriersOfColour(Frame frame) {
        return barriers(frame, Map.of("runOnly", List.of("color-contrast", "link-in-text-block")));
    }

    /** All others: they depend on the width, and colours do not. */
    public List<String> barriersOfForm(Frame frame) {
        return barriers(frame, Map.of("rules", Map.of("color-contrast", Map.of("enabled", false))));
    }

    private static List<String> barriers(Frame frame, Map<String, ?> options) {
        // Half a megabyte: it stays until the frame shows another page.
        if (frame.evaluate("typeof axe").equals("undefined")) {
            frame.evaluate(axe());
        }
        List<String> found = new ArrayList<>();
        ((List<?>) frame.evaluate(AXE_RUN, options)).forEach(one -> found.add((String) one));
        return found;
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            if (script == null) {
                throw new IllegalStateException("axe is not on the class path: run Maven with -Pbrowser");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            takePictures(context.getRequiredTestClass().getSimpleName() + "."
                    + context.getRequiredTestMethod().getName());
        }
        pages.forEach(page -> page.context().close());
        pages.clear();
        List<String> found = takeProblems();
        if (!found.isEmpty()) {
            throw new AssertionError(String.join("\n", found));
        }
    }

    /** What went wrong on the pages. A test that expects it takes it away, so that it does not fail of it. */
    List<String> takeProblems() {
        List<String> found = List.copyOf(problems);
        problems.clear();
        return found;
    }

    private void takePictures(String test) {
        for (int i = 0; i < pages.size(); i++) {
            Path picture = PICTURES.resolve(test + "-" + i + ".png");
            pages.get(i)
                    .screenshot(new Page.ScreenshotOptions().setPath(picture).setFullPage(true));
        }
    }
}
