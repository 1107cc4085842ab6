package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which somebody may have changed the seed's table by hand is seen, weighed and repairable. */
class SchemaDiffTest {
    private static final List<Fact> SEED = SchemaExpectation.packed().facts(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    DROP TABLE jobs                                                   | FATAL    | table jobs: expected table, found nothing
                    CREATE TABLE other (id int)                                       | BENIGN   | table other: expected nothing, found table
                    ALTER TABLE jobs RENAME TO jobs2; CREATE VIEW jobs AS TABLE jobs2 | FATAL    | table jobs is: expected table, found view
                    ALTER TABLE jobs DROP COLUMN result                               | FATAL    | column jobs.result: expected jsonb, found nothing
                    ALTER TABLE jobs RENAME COLUMN result TO results                  | FATAL    | column jobs.result: expected jsonb, found nothing
                    ALTER TABLE jobs ADD COLUMN note text                             | BENIGN   | column jobs.note: expected nothing, found text
                    ALTER TABLE jobs ADD COLUMN note text NOT NULL DEFAULT ''         | BENIGN   | column jobs.note: expected nothing, found text DEFAULT ''::text NOT NULL
                    ALTER TABLE jobs ADD COLUMN note text NOT NULL                    | FATAL    | column jobs.note: expected nothing, found text NOT NULL
                    ALTER TABLE jobs ALTER COLUMN trace_id TYPE text                  | FATAL    | column jobs.trace_id type: expected character varying(36), found text
                    ALTER TABLE jobs ALTER COLUMN tool_name TYPE varchar(50)          | FATAL    | column jobs.tool_name type: expected character varying(100), found character varying(50)
                    ALTER TABLE jobs ALTER COLUMN created_at TYPE timestamptz(3)      | FATAL    | column jobs.created_at type: expected timestamp with time zone, found timestamp(3) with time zone
                    ALTER TABLE jobs ALTER COLUMN created_at TYPE timestamp           | FATAL    | column jobs.created_at type: expected timestamp with time zone, found timestamp without time zone
                    ALTER TABLE jobs ALTER COLUMN parameters TYPE json                | FATAL    | column jobs.parameters type: expected jsonb, found json
                    ALTER TABLE jobs ALTER COLUMN parameters DROP NOT NULL            | DEGRADED | column jobs.parameters nullable: expected no, found yes
                    ALTER TABLE jobs ALTER COLUMN result SET NOT NULL                 | FATAL    | column jobs.result nullable: expected yes, found no
                    ALTER TABLE jobs ALTER COLUMN status DROP DEFAULT                 | FATAL    | column jobs.status default: expected 'pending'::jobstatus, found none
                    ALTER TABLE jobs ALTER COLUMN status SET DEFAULT 'running'        | FATAL    | column jobs.status default: expected 'pending'::jobstatus, found 'running'::jobstatus
                    ALTER TABLE jobs ALTER COLUMN error_message SET DEFAULT ''        | FATAL    | column jobs.error_message default: expected none, found ''::text
                    ALTER TABLE jobs ALTER COLUMN error_message TYPE text COLLATE "C" | DEGRADED | column jobs.error_message collation: expected none, found C
                    ALTER TYPE jobstatus RENAME VALUE 'pending' TO 'PENDING'          | FATAL    | enum jobstatus labels: expected 'pending','running','completed','failed','cancelled', found 'PENDING','running','completed','failed','cancelled'
                    ALTER TYPE jobstatus RENAME VALUE 'failed' TO 'broken'            | FATAL    | enum jobstatus labels: expected 'pending','running','completed','failed','cancelled', found 'pending','running','completed','broken','cancelled'
                    ALTER TYPE jobstatus ADD VALUE 'paused'                           | BENIGN   | enum jobstatus labels: expected 'pending','running','completed','failed','cancelled', found 'pending','running','completed','failed','cancelled','paused'
                    DROP INDEX idx_jobs_status                                        | DEGRADED | index idx_jobs_status: expected CREATE INDEX idx_jobs_status ON jobs USING btree (status), found nothing
                    CREATE INDEX extra ON jobs (tool_name, status)                    | BENIGN   | index extra: expected nothing, found CREATE INDEX extra ON jobs USING btree (tool_name, status)
                    CREATE UNIQUE INDEX extra ON jobs (tool_name)                     | FATAL    | index extra: expected nothing, found CREATE UNIQUE INDEX extra ON jobs USING btree (tool_name)
                    DROP INDEX idx_jobs_status; CREATE INDEX idx_jobs_status ON jobs (status) WHERE status = 'pending' | DEGRADED | index idx_jobs_status definition: expected CREATE INDEX idx_jobs_status ON jobs USING btree (status), found CREATE INDEX idx_jobs_status ON jobs USING btree (status) WHERE status = 'pending'::jobstatus
                    DROP INDEX idx_jobs_status; CREATE INDEX idx_jobs_status ON jobs USING hash (status) | DEGRADED | index idx_jobs_status definition: expected CREATE INDEX idx_jobs_status ON jobs USING btree (status), found CREATE INDEX idx_jobs_status ON jobs USING hash (status)
                    DROP INDEX idx_jobs_created_at; CREATE INDEX idx_jobs_created_at ON jobs (created_at DESC) | DEGRADED | index idx_jobs_created_at definition: expected CREATE INDEX idx_jobs_created_at ON jobs USING btree (created_at), found CREATE INDEX idx_jobs_created_at ON jobs USING btree (created_at DESC)
                    UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'idx_jobs_status'::regclass | DEGRADED | index idx_jobs_status state: expected valid, found INVALID
                    ALTER TABLE jobs DROP CONSTRAINT jobs_pkey                        | FATAL    | constraint jobs.jobs_pkey: expected PRIMARY KEY (id), found nothing
                    ALTER TABLE jobs ADD CONSTRAINT c CHECK (tool_name <> 'x')        | FATAL    | constraint jobs.c: expected nothing, found CHECK (tool_name::text <> 'x'::text)
                    ALTER TABLE jobs ADD CONSTRAINT u UNIQUE (trace_id)               | FATAL    | constraint jobs.u: expected nothing, found UNIQUE (trace_id)
                    CREATE TRIGGER t BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger() | FATAL | trigger jobs.t: expected nothing, found CREATE TRIGGER t BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
                    ALTER TABLE jobs ENABLE ROW LEVEL SECURITY                        | FATAL    | table jobs row security: expected off, found on
                    CREATE POLICY p ON jobs USING (tool_name = 'x')                   | FATAL    | policy jobs.p: expected nothing, found policy
                    CREATE RULE r AS ON DELETE TO jobs DO INSTEAD NOTHING             | FATAL    | rule jobs.r: expected nothing, found CREATE RULE r AS ON DELETE TO jobs DO INSTEAD NOTHING;
                    ALTER TABLE jobs SET UNLOGGED                                     | FATAL    | table jobs persistence: expected permanent, found unlogged
                    ALTER TABLE jobs SET (fillfactor = 70)                            | DEGRADED | table jobs options: expected none, found fillfactor=70
                    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'        | BENIGN   | function f(): expected nothing, found function
                    CREATE SEQUENCE s                                                 | BENIGN   | sequence s: expected nothing, found sequence
                    """)
    void isSeenWeighedAndRepaired(String drift, Severity severity, String line) {
        Sql.run(source(), drift);
        List<Difference> found = differences();
        assertThat(found).extracting(Difference::line).contains(line);
        assertThat(found)
                .filteredOn(d -> d.line().equals(line))
                .extracting(Difference::severity)
                .containsExactly(severity);
        repair(found);
        assertThat(differences()).allMatch(d -> d.repair().startsWith("--"));
    }

    @Test
    void swappedLabelsAreSeen() {
        Sql.run(
                source(),
                "ALTER TYPE jobstatus RENAME VALUE 'failed' TO 'x'; ALTER TYPE jobstatus RENAME VALUE 'cancelled' TO 'failed';"
                        + " ALTER TYPE jobstatus RENAME VALUE 'x' TO 'cancelled'");
        assertThat(differences()).extracting(Difference::severity).containsExactly(Severity.DEGRADED);
    }

    @Test
    void aMissingLabelIsPutBackWhereItBelongs() {
        Sql.run(
                source(),
                "DROP TABLE jobs; DROP TYPE jobstatus; CREATE TYPE jobstatus AS ENUM ('pending', 'completed', 'failed', 'cancelled')");
        assertThat(differences())
                .extracting(Difference::repair)
                .contains("ALTER TYPE jobstatus ADD VALUE 'running' AFTER 'pending';");
    }

    @Test
    void whatANewerReleaseAddedIsBenignAndWhatItTookAwayIsNot() {
        Fact check = Fact.parse("constraint\tjobs.c\tdefinition=CHECK (true)\tis=check\ttable=jobs");
        Fact column = Fact.parse("column\tjobs.result\tnullable=yes\ttype=jsonb");
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
    void aFactSurvivesBeingWrittenAndRead() {
        assertThat(SEED)
                .isNotEmpty()
                .allSatisfy(fact -> assertThat(Fact.parse(fact.line())).isEqualTo(fact));
    }

    /** Runs the seed's own statements: waking Liquibase for each drift would take a minute. */
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

    private void repair(List<Difference> differences) {
        for (Difference difference : differences) {
            // One at a time: a concurrent build must be alone in its transaction.
            for (String statement : difference.repair().startsWith("--")
                    ? new String[0]
                    : difference.repair().split("; ")) {
                Sql.run(source(), statement);
            }
        }
    }
}
