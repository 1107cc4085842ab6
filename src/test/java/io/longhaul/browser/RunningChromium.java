package io.longhaul.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The browser that all tests of this JVM share, because its start takes seconds. */
final class RunningChromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome-stable");

    /**
     * One name leads here, for servers on another site than 127.0.0.1; other names lead nowhere. Root has no other way than
     * to do without Chromium's own sandbox.
     */
    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--host-resolver-rules=MAP jobs.example.org 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--disable-dev-shm-usage");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    RunningChromium() {
        Path program = installed();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(ARGUMENTS));
    }

    BrowserContext newContext(com.microsoft.playwright.Browser.NewContextOptions options) {
        return browser.newContext(options);
    }

    private static Path installed() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Tests in a browser need one of " + NAMES
                        + " on the PATH: install Debian's package chromium, or run Maven without -Pbrowser"));
    }

    @Override
    public void close() {
        playwright.close();
    }
}
