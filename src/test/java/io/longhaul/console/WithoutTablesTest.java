package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages on a database that nobody has migrated. */
class WithoutTablesTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE = new ConsoleNode(DATABASE, "");

    @Test
    void pagesSayWhatIsMissingAndWhichCommandCuresIt() {
        Shown shown = NODE.browser().get("/ui/jobs");

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(503);
        assertThat(shown.page().select("h1").text()).isEqualTo("The database must be migrated");
        assertThat(shown.page().select("#troubles .bad")).as("not said twice").isEmpty();
        assertThat(shown.page().select("pre code").text()).matches("java -jar app\\.jar db migrate /.*\\.yml");
    }

    @Test
    void theSchemaPageShowsWhatIsPendingAndMissing() {
        Shown shown = NODE.browser().get("/ui/schema");

        Pages.check(shown);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.page().select("h1").text()).isEqualTo("Schema migration required");
        assertThat(shown.page().select("#troubles .bad")).as("not said twice").isEmpty();
        assertThat(shown.page().select(".list li").first().text()).isEqualTo("0001-seed");
        assertThat(shown.page().select(".notice code").text()).matches("java -jar app\\.jar db migrate /.*\\.yml");
        assertThat(shown.page().select("tbody tr").eachText()).anyMatch(row -> row.contains("table jobs"));
        assertThat(shown.page().select("p.quiet code").eachText())
                .anyMatch(command -> command.matches("java -jar app\\.jar schema diff /.*\\.yml"));
        assertThat(shown.page().text()).containsPattern("java -jar app\\.jar schema verify /.*\\.yml");
    }

    @Test
    void theTopOfAPageIsReadAloneWithoutTables() {
        Shown alone = NODE.browser().get("/ui/troubles", "Longhaul-Live", "0");

        assertThat(alone.status()).isEqualTo(200);
        assertThat(alone.page().select("#troubles .bad").text()).containsPattern("db migrate /.*\\.yml");
        assertThat(alone.page().select("#troubles").attr("data-over")).isNotEmpty();
        Shown said = NODE.browser().get("/ui/troubles?said=DATABASE_MIGRATION_REQUIRED", "Longhaul-Live", "0");
        assertThat(said.page().select("#troubles .bad")).isEmpty();
        assertThat(said.page().select("#troubles").attr("data-over")).isEmpty();
    }
}
