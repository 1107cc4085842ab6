package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The users' own instrument measures something, shows it, and leaves nothing behind. It is no judge of speed. */
class BenchIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Test
    void aSmokeRunGivesEveryFigureAndCleansUp() throws Exception {
        JarProcess bench =
                JarProcess.start("bench", NodeProcess.database(DATABASE), "bench", "--smoke", "--json", "config.yml");
        bench.awaitExit(Duration.ofMinutes(4));
        CommandRun run = CommandRun.of(bench);
        assertThat(run.exitCode()).describedAs(run.toString()).isZero();
        JsonNode told = new ObjectMapper().readTree(run.out());
        Database database = new Database(DATABASE.dataSource());
        assertThat(told.at("/server/version").asText())
                .isEqualTo(database.column("SHOW server_version").get(0));
        for (String setting : List.of("jit", "fsync", "synchronous_commit", "shared_buffers")) {
            assertThat(told.at("/server/settings/" + setting).asText())
                    .isEqualTo(database.column("SHOW " + setting).get(0));
        }
        assertThat(run.err())
                .contains("PostgreSQL " + told.at("/server/version").asText() + ": jit ");
        boolean unsafe = database.column("SHOW fsync").get(0).equals("off");
        assertThat(run.err().contains("Warning: fsync is off.")).isEqualTo(unsafe);
        JsonNode figures = told.path("figures");
        assertThat(figures).hasSize(13).allSatisfy(figure -> {
            boolean isIdle = figure.path("unit").asText().equals("%");
            assertThat(figure.path("value").asDouble())
                    .describedAs(figure.toString())
                    .isGreaterThanOrEqualTo(isIdle ? 0 : Double.MIN_VALUE);
            assertThat(isIdle || figure.path("floor").asDouble() > 0)
                    .describedAs(figure.toString())
                    .isTrue();
            System.out.printf(
                    "bench: %s, %s: %.2f of the floor%n",
                    figure.path("work").asText(),
                    figure.path("setting").asText(),
                    figure.path("ratio").asDouble());
        });
        assertThat(figures.findValuesAsText("work"))
                .contains(
                        "program /bin/true",
                        "program sh -c cat",
                        "submit to a new server",
                        "processor time without jobs");
        assertThat(database.number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%bench%'"))
                .isZero();
        assertThat(database.number("SELECT count(*) FROM jobs")).isZero();
    }
}
