package io.longhaul.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.longhaul.browser.Browser;
import io.longhaul.browser.Browser.Screen;
import io.longhaul.testing.Answer;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What somebody who never saw the console does with it on the first day, by links and buttons alone. */
@Tag("browser")
class FirstDayBrowserIT {
    private static final double PATIENCE = 90_000;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @TempDir
    Path folder;

    private Page page;

    @Test
    void everythingIsFoundDoneAndUnderstood() throws Exception {
        Map<String, String> environment = new HashMap<>(NodeProcess.database(DATABASE));
        environment.put("LONGHAUL_TOOLS", "examples/tools.yml");
        try (NodeProcess node = NodeProcess.start("first", environment).awaitReady()) {
            page = BROWSER.page(Screen.LIGHT);
            page.navigate(node.address());
            aFileIsCounted();
            aLongJobIsCancelled();
            whatFailedYesterdayIsRunAgain(node);
            aWaitingJobIsUnderstood();
            aPendingMigrationIsSeen();
        }
    }

    private void aFileIsCounted() {
        submit("fasta.stats", "path", "examples/genes.fasta");
        status("completed");
        assertThat(page.locator("#result")).containsText("n50");
    }

    private void aLongJobIsCancelled() {
        submit("sleep", "seconds", "3000");
        status("running");
        page.locator("#confirm-cancel summary").click();
        page.locator("#confirm-cancel button").click();
        status("cancelled");
    }

    private void whatFailedYesterdayIsRunAgain(NodeProcess node) throws IOException, SQLException {
        for (int sample = 1; sample <= 8; sample++) {
            String job = "{\"tool\": \"fasta.stats\", \"params\": {\"path\": \"%s\"}, \"max_attempts\": 1}";
            Answer answer = node.post("/v1/jobs", job.formatted(file(sample)));
            node.awaitJob(answer.json().path("job_id").asText(), "failed");
        }
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE jobs SET created_at = created_at - INTERVAL '20 h', started_at = started_at - INTERVAL '20 h', completed_at = completed_at - INTERVAL '20 h' WHERE status = 'failed'");
        }

        menu("Jobs");
        page.getByLabel("Error has").fill("cannot be read");
        button("Filter");
        page.locator("tbody tr a").first().click();
        page.getByText("7 others failed alike").click();
        page.waitForURL("**/ui/jobs?*failure=*");
        assertThat(page.locator("tbody tr")).hasCount(8);
        menu("Failures");
        page.getByLabel("Error has").fill("cannot be read");
        button("Filter");
        assertThat(page.locator("#groups tbody tr")).hasCount(1);
        for (int sample = 1; sample <= 8; sample++) {
            Files.writeString(file(sample), ">s\nACGT\n");
        }
        page.getByText("Run all again").click();
        button("Run again 8 jobs");
        page.waitForURL("**/ui/operations/*");
        assertThat(page.locator("main")).containsText(Pattern.compile("8 completed"), contains());
    }

    private Path file(int sample) {
        return folder.resolve("sample-" + sample + ".fasta");
    }

    private void aWaitingJobIsUnderstood() {
        menu("Tools");
        link("ping");
        page.locator("summary", new Page.LocatorOptions().setHasText("Pause")).click();
        page.getByLabel("Reason, for the others").fill("the disk is being changed");
        button("Pause this tool");
        status("paused");
        page.locator(".submit button.primary").first().click();
        page.waitForURL("**/ui/jobs/*");
        assertThat(page.locator("#timeline")).containsText("has been paused");
        assertThat(page.locator("#timeline")).containsText("the disk is being changed");

        menu("Tools");
        link("ping");
        button("Resume");
        assertThat(page.locator("h1 .status")).hasCount(0);
        menu("Jobs");
        page.locator("tbody tr a").first().click();
        status("completed");
    }

    private void aPendingMigrationIsSeen() {
        CommandRun run = CommandRun.of(NodeProcess.database(DATABASE), "db", "rollback", "-c", "1", "config.yml");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();

        menu("Schema");

        assertThat(page.locator("#schema")).containsText("Pending, in order", contains());
        assertThat(page.locator("#schema")).containsText("db migrate");
    }

    private void submit(String tool, String field, String value) {
        menu("Tools");
        link(tool);
        page.getByLabel(field, new Page.GetByLabelOptions().setExact(true)).fill(value);
        page.locator(".submit button.primary").first().click();
        page.waitForURL("**/ui/jobs/*");
    }

    private void menu(String name) {
        page.locator("nav[aria-label=Console]")
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name))
                .click();
    }

    private void link(String name) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true))
                .first()
                .click();
    }

    private void button(String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name))
                .click();
    }

    private void status(String status) {
        assertThat(page.locator("h1 .status"))
                .hasText(status, new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE));
    }

    private static LocatorAssertions.ContainsTextOptions contains() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE);
    }
}
