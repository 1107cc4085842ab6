package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.migrate.Migrator;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaVerdict;
import io.longhaul.testing.Database;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Databases that are unfit whatever their schema is. */
class ServerTraitsTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    @TempDir
    Path folder;

    private final Database server = new Database(DATABASE.dataSource());
    private final String name = "other_" + UUID.randomUUID().toString().replace("-", "");
    private final SchemaVerdict verdict = new SchemaVerdict(SchemaExpectation.packed(), new Cures("config.yml"));

    @AfterEach
    void drop() {
        server.run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private PGSimpleDataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(DATABASE.jdbcUrl().replaceFirst("(//[^/]*/)[^?]*", "$1" + name));
        source.setUser(DATABASE.user());
        source.setPassword(DATABASE.password());
        return source;
    }

    private ServerTraits traits() throws SQLException {
        try (Connection connection = source().getConnection()) {
            return ServerTraits.read(connection);
        }
    }

    @OwnSession
    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "LATIN1", "EUC_JP"})
    void refusesAnotherEncodingBeforeAnythingIsMade(String encoding) throws Exception {
        server.run("CREATE DATABASE " + name + " ENCODING '" + encoding
                + "' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");

        assertThatThrownBy(() -> new Migrator(source(), line -> {}).migrate())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("has the encoding " + encoding)
                .hasMessageContaining("ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
                .hasMessageContaining("Nothing was changed");
        assertThat(new Database(source())
                        .column("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
                .isEmpty();
        SchemaState state = verdict.of(traits()).orElseThrow();
        assertThat(state.status()).isEqualTo(SchemaState.Status.INCOMPATIBLE);
        assertThat(state.message()).contains("CREATE DATABASE");
        Commands.Ran verify = new Commands(folder)
                .connectedTo(source().getUrl(), DATABASE.user(), DATABASE.password())
                .run("schema", "verify", "FILE");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out())
                .as("nothing is to be made there")
                .contains("has the encoding " + encoding, "CREATE DATABASE")
                .doesNotContain("CREATE TABLE");
    }

    @OwnSession
    @Test
    void theDatabaseMadeByTheCureCanBeMigrated() throws Exception {
        ServerTraits other = new ServerTraits("old", false, "", "LATIN1", "UTF8");
        String cure = other.problem().orElseThrow().cure();

        server.run(cure.substring(0, cure.indexOf(';')).replace("longhaul_utf8", name));

        assertThat(new Migrator(source(), line -> {}).migrate()).isPositive();
        assertThat(traits().problem()).isEmpty();
    }

    @OwnSession
    @ParameterizedTest
    @ValueSource(strings = {"DATABASE %1$s", "ROLE %2$s IN DATABASE %1$s"})
    void namesTheSettingThatMakesADatabaseReadOnlyAndTheCureHelps(String who) throws Exception {
        server.run("CREATE DATABASE " + name + " ENCODING 'UTF8' TEMPLATE template0");
        server.run("ALTER " + String.format(who, name, DATABASE.user()) + " SET default_transaction_read_only = on");

        assertThatThrownBy(() -> new Migrator(source(), line -> {}).migrate())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("read-only")
                .hasMessageContaining("Nothing was changed");
        SchemaState state = verdict.of(traits()).orElseThrow();
        assertThat(state.status()).isEqualTo(SchemaState.Status.READ_ONLY);

        // Runs the cure like an operator: in a session of that database, which begins read-only as well.
        new Database(source()).run(state.cure().substring(state.cure().indexOf("BEGIN")));

        assertThat(traits().problem()).isEmpty();
        assertThat(new Migrator(source(), line -> {}).migrate()).isPositive();
    }

    @Test
    void anOldSessionReportsTheSettingsOfNewOnes() throws Exception {
        server.run("CREATE DATABASE " + name + " ENCODING 'UTF8' TEMPLATE template0");
        try (Connection old = source().getConnection()) {
            server.run("ALTER DATABASE " + name + " SET default_transaction_read_only = on");

            assertThat(ServerTraits.read(old).readOnlyBy()).isNotEmpty();
        }
    }

    @Test
    void reportsAStandbyWithItsCure() {
        ServerTraits standby = new ServerTraits("db", true, "", "UTF8", "UTF8");

        SchemaState state = verdict.of(standby).orElseThrow();

        assertThat(state.status()).isEqualTo(SchemaState.Status.READ_ONLY);
        assertThat(state.message()).contains("standby").contains("pg_promote");
        assertThat(List.of(standby.standby(), standby.storesAllText())).containsOnly(true);
    }
}
