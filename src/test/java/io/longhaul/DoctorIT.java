package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code doctor} of the packaged jar. */
class DoctorIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    void itTellsProgramsAndPeopleAndChangesNothing() throws Exception {
        Map<String, String> environment =
                NodeProcess.database(DATABASE.jdbcUrl(), DATABASE.user(), DATABASE.password());
        Database database = new Database(DATABASE.dataSource());
        String objects = "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace ="
                + " 'public'::regnamespace";
        String before = database.column(objects).get(0);

        CommandRun run = CommandRun.of(environment, "doctor", "config.yml", "--json");
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.path("checks").findValuesAsText("check"))
                .contains("java", "engine", "schema", "settings", "clock", "nodes", "queues");
        assertThat(run.exitCode()).as(run.out()).isEqualTo(report.path("fail").asInt() > 0 ? 1 : 0);
        assertThat(run.err()).isEmpty();

        CommandRun text = CommandRun.of(environment, "doctor", "config.yml", "--strict");
        assertThat(text.out()).contains("warn    nodes", "Cure: Start one", "not checked.");
        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(database.column(objects).get(0)).isEqualTo(before);
    }

    @Test
    void withoutADatabaseItTellsWhatItCould() {
        CommandRun away = CommandRun.of(
                NodeProcess.database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "secret-word"),
                "doctor",
                "config.yml");
        assertThat(away.exitCode()).isEqualTo(1);
        assertThat(away.out()).contains("ok      java", "fail    database", "Cure: Start PostgreSQL");
        assertThat(away.out() + away.err()).doesNotContain("secret-word");
    }

    @Test
    void withoutAFileItMakesNoDatabaseInAnEmptyFolder() throws Exception {
        Map<String, String> environment =
                new HashMap<>(Map.of("LONGHAUL_DATA", folder.resolve("data").toString()));
        CommandRun none = CommandRun.of(environment, "doctor");
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.out()).contains("unknown database", "No server has run on");
        assertThat(Files.exists(folder.resolve("data"))).isFalse();
    }
}
