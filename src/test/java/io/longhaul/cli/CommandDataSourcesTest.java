package io.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.longhaul.config.ServiceConfiguration;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandDataSourcesTest {
    private final Map<String, String> variables = new HashMap<>();

    private ServiceConfiguration withoutFile() throws Exception {
        return new ConfigurationFiles(variables::get)
                .create(ServiceConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build();
    }

    private void assertNamed(String served, String migrated) throws Exception {
        ServiceConfiguration configuration = withoutFile();
        String begin = "No configuration file is named, so this is about ";
        assertThat(CommandDataSources.nameOfCommand(configuration)).isEqualTo(begin + served + ".");
        assertThat(CommandDataSources.nameOfMigration(configuration)).isEqualTo(begin + migrated + ".");
        assertThat(CommandDataSources.ofMigration(configuration).getUrl())
                .contains(migrated.replaceAll("the database (\\S+), .*", "$1"));
    }

    @Test
    void eachCommandNamesTheDatabaseThatItUsesAndWhatNamesThat() throws Exception {
        variables.put("DATABASE_URL", "postgres://127.0.0.1:1/jobs");
        String served = "the database jdbc:postgresql://127.0.0.1:1/jobs, which DATABASE_URL names";
        assertNamed(served, served);
        variables.put("DATABASE_DIRECT_URL", "postgres://127.0.0.1:2/jobs");
        assertNamed(served, "the database jdbc:postgresql://127.0.0.1:2/jobs, which DATABASE_DIRECT_URL names");
        variables.put("DATABASE_MIGRATION_URL", "postgres://me:secret@127.0.0.1:3/jobs");
        assertNamed(served, "the database jdbc:postgresql://127.0.0.1:3/jobs, which DATABASE_MIGRATION_URL names");
    }

    /** A hundred megabytes, for a list of nothing. */
    @Test
    void aCommandThatNeedsWhatIsThereMakesNoDatabase(@TempDir Path folder) throws Exception {
        Path none = folder.resolve("none");
        variables.put("LONGHAUL_DATA", none.toString());
        ServiceConfiguration configuration = withoutFile();
        assertThatThrownBy(() -> CommandDataSources.ofCommand(configuration))
                .hasMessageStartingWith("No server has run on " + none + " yet: start one");
        assertThat(none).doesNotExist();
    }

    @Test
    void withoutADatabaseItIsTheOneInsideTheJar() throws Exception {
        variables.put("LONGHAUL_DATA", "/srv/jobs");
        ServiceConfiguration configuration = withoutFile();
        assertThat(CommandDataSources.nameOfCommand(configuration))
                .isEqualTo(
                        "No configuration file is named, so this is about the PostgreSQL inside the jar, with its data in"
                                + " /srv/jobs.")
                .isEqualTo(CommandDataSources.nameOfMigration(configuration));
    }
}
