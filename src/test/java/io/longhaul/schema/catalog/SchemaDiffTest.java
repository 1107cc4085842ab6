package io.longhaul.schema.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.DriftTest;
import io.longhaul.schema.Sql;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cases that {@link DriftTest} leaves out: labels that need a new type, and changes of newer releases. */
class SchemaDiffTest {
    private static final List<CatalogFact> SEED = SchemaExpectation.packed().facts(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void findsSwappedLabels() {
        Sql.run(
                source(),
                "ALTER TYPE jobstatus RENAME VALUE 'failed' TO 'x'; ALTER TYPE jobstatus RENAME VALUE 'cancelled' TO 'failed';"
                        + " ALTER TYPE jobstatus RENAME VALUE 'x' TO 'cancelled'");
        assertThat(differences()).extracting(Difference::severity).containsExactly(Severity.DEGRADED);
    }

    @Test
    void putsAMissingLabelBackInItsPosition() {
        Sql.run(
                source(),
                "DROP TABLE jobs; DROP TYPE jobstatus; CREATE TYPE jobstatus AS ENUM ('pending', 'completed', 'failed', 'cancelled')");
        assertThat(differences())
                .extracting(Difference::repair)
                .contains("ALTER TYPE jobstatus ADD VALUE 'running' AFTER 'pending';");
    }

    @Test
    void additionsOfANewerReleaseAreBenignAndRemovalsAreNot() {
        CatalogFact check = CatalogFact.parse("constraint\tjobs.c\tdefinition=CHECK (true)\tis=check\ttable=jobs");
        CatalogFact column = CatalogFact.parse("column\tjobs.result\tnullable=yes\ttype=jsonb");
        assertThat(SchemaDiff.between(List.of(), List.of(check), true))
                .extracting(Difference::severity)
                .containsExactly(Severity.BENIGN);
        assertThat(SchemaDiff.between(List.of(), List.of(check), false))
                .extracting(Difference::severity)
                .containsExactly(Severity.FATAL);
        assertThat(SchemaDiff.between(List.of(column), List.of(), true))
                .extracting(Difference::severity)
                .containsExactly(Severity.FATAL);
    }

    @Test
    void readsTheFactsThatItWrites() {
        assertThat(SEED)
                .isNotEmpty()
                .allSatisfy(fact -> assertThat(CatalogFact.parse(fact.line())).isEqualTo(fact));
    }

    /** Runs the seed's own statements: starting Liquibase for each drift would take a minute. */
    @BeforeEach
    void seed() throws IOException {
        String text = Files.readString(Path.of("src/main/resources/db/changelog/0001-seed.sql"));
        Sql.run(source(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        Sql.run(source(), text.substring(text.indexOf("DO $$"), text.indexOf("--rollback")));
    }

    private DataSource source() {
        return database.dataSource();
    }

    private List<Difference> differences() {
        return SchemaDiff.between(SEED, Sql.snapshot(source()).facts(), false);
    }
}
