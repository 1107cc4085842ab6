package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.QuietLiquibase;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The level files equal the migrated schema. {@code -Dlonghaul.snapshot=write} writes them again. */
class LevelFilesTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    private final Changelog changelog = Changelog.packed();

    @OwnSession
    @Test
    void theFilesEqualTheMigratedSchema() throws Exception {
        StringBuilder steps = new StringBuilder(
                "# What each changeset adds to the catalog (+) and takes away (-). Made by LevelFilesTest.\n");
        List<CatalogFact> before = List.of();
        for (Changeset changeset : changelog.changesets()) {
            run(liquibase -> liquibase.update(1, ""));
            List<CatalogFact> after = facts();
            steps.append("changeset ").append(changeset.id()).append('\n');
            steps.append(lines("-", before, after)).append(lines("+", after, before));
            assertIsIn(
                    "level-%02d.txt".formatted(changeset.level()), text(changeset.level(), after), isLast(changeset));
            before = after;
        }
        assertIsIn("steps.txt", steps.toString(), true);
    }

    private boolean isLast(Changeset changeset) {
        return changelog.changesets().stream()
                .filter(other -> other.level() == changeset.level())
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .equals(changeset);
    }

    private static String lines(String sign, List<CatalogFact> of, List<CatalogFact> without) {
        return of.stream()
                .filter(fact -> !without.contains(fact))
                .map(fact -> sign + fact.line() + "\n")
                .collect(Collectors.joining());
    }

    private static void assertIsIn(String name, String live, boolean complete) throws IOException {
        Path file = Path.of("src/main/resources/schema", name);
        if (complete && "write".equals(System.getProperty("longhaul.snapshot"))) {
            Files.writeString(file, live);
        }
        if (complete) {
            assertThat(read(file))
                    .as("%s; run this test with -Dlonghaul.snapshot=write and look at the change", file)
                    .isEqualTo(live);
        }
    }

    @OwnSession
    @Test
    void rollingBackRestoresEveryLevel() throws Exception {
        List<List<CatalogFact>> up = new ArrayList<>();
        for (int level = 0; level <= changelog.level(); level++) {
            up.add(factsAfterMigratingTo(level));
        }
        for (int level = changelog.level(); level > 0; level--) {
            int count = changesetsOf(level);
            run(liquibase -> liquibase.rollback(count, ""));
            assertThat(facts()).as("level %d after rolling back", level - 1).isEqualTo(up.get(level - 1));
        }
        run(liquibase -> liquibase.update(""));
        assertThat(facts()).isEqualTo(up.get(changelog.level()));
    }

    @Test
    void eachChangesetHasAUniqueIdWithLevelAndMinApp() throws Exception {
        for (Changeset changeset : changelog.changesets()) {
            String text = Files.readString(Path.of("src/main/resources", changeset.file()));
            long stated = text.lines()
                    .filter(line -> line.matches("--\\s*comment:? level=\\d+ min-app=\\d+\\b.*"))
                    .count();
            long made =
                    text.lines().filter(line -> line.startsWith("--changeset ")).count();
            assertThat(stated)
                    .as("level=N min-app=M comments in %s", changeset.file())
                    .isEqualTo(made);
        }
        assertThat(changelog.changesets().stream().map(Changeset::id)).doesNotHaveDuplicates();
        assertThat(changelog.changesets().stream().map(Changeset::level)).isSorted();
    }

    private List<CatalogFact> factsAfterMigratingTo(int level) throws Exception {
        int count = changesetsOf(level);
        if (count > 0) {
            run(liquibase -> liquibase.update(count, ""));
        }
        return facts();
    }

    private int changesetsOf(int level) {
        return (int)
                changelog.changesets().stream().filter(c -> c.level() == level).count();
    }

    private void run(QuietLiquibase.Action action) throws Exception {
        try (MigrationSession session = MigrationSession.open(
                database.dataSource(), database.dataSource(), Duration.ofSeconds(30), line -> {})) {
            session.run(changelog.root(), action, new ChangeReport(line -> {}));
        }
    }

    private List<CatalogFact> facts() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            return CatalogSnapshot.read(connection).facts();
        }
    }

    private static String text(int level, List<CatalogFact> facts) {
        return facts.stream()
                .map(CatalogFact::line)
                .collect(Collectors.joining(
                        "\n",
                        "# What the catalog holds at schema level " + level + ". Made by LevelFilesTest.\n",
                        "\n"));
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
