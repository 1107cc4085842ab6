package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A rollback that should discard rows and cannot. */
@OwnSession
class DiscardTest {
    private static final String ALL = "" + Migrations.PACKED.changesets().size();

    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Commands commands;
    private String name;

    @BeforeEach
    void addJobs() {
        commands = new Commands(folder).connectedTo(database);
        name = Sql.one(source(), "SELECT current_database()");
        Sql.addJobs(source(), 3);
    }

    private DataSource source() {
        return database.dataSource();
    }

    @Test
    void discardsAllOrNothingAndPrintsTheCure() {
        Sql.run(source(), """
                CREATE FUNCTION keep() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF current_query() LIKE 'DROP TABLE public_archive.jobs%' THEN
                        RAISE EXCEPTION 'somebody keeps it';
                    END IF;
                END $$;
                CREATE EVENT TRIGGER keep ON ddl_command_start WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION keep();
                INSERT INTO tool_pauses (tool_name) VALUES ('echo');
                """);

        Commands.Ran rolledBack = commands.run("db", "rollback", "-c", ALL, "--discard", name, "FILE");

        assertThat(rolledBack.exitCode()).isEqualTo(1);
        assertThat(rolledBack.err())
                .contains("Rolled back " + ALL, "nothing was discarded", "somebody keeps it", "Do not run it again")
                .doesNotContain("Discarded");
        assertThat(Sql.one(source(), "SELECT count(*) FROM public_archive.jobs"))
                .isEqualTo("3");
        assertThat(Sql.one(source(), "SELECT count(*) FROM public_archive.tool_pauses"))
                .isEqualTo("1");

        String cure = rolledBack.err().substring(rolledBack.err().lastIndexOf("DROP TABLE"));
        Sql.run(source(), "DROP EVENT TRIGGER keep");
        Sql.run(source(), cure.substring(0, cure.indexOf(';')));
        assertThat(commands.run("db", "migrate", "FILE").exitCode()).isZero();
        assertThat(Sql.one(source(), "SELECT count(*) FROM jobs")).isEqualTo("0");
    }

    @Test
    void keepsForeignObjectsInTheArchiveSchema() {
        Sql.run(
                source(),
                "CREATE SCHEMA public_archive; CREATE FUNCTION public_archive.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'");

        Commands.Ran rolledBack = commands.run("db", "rollback", "-c", ALL, "--discard", name, "FILE");

        assertThat(rolledBack.exitCode()).as(rolledBack.err()).isZero();
        assertThat(rolledBack.err()).contains("Discarded 3 rows of public_archive.jobs");
        assertThat(Sql.one(source(), "SELECT public_archive.theirs()")).isEqualTo("1");
    }
}
