package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code audit}, against a server that asks for keys and so knows who did what. */
class AuditCommandTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0, true, List.of(), OidcConfiguration.NONE));

    private static final ApiKey KEY = ApiKey.random();

    private static String run(int exit, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, String> environment =
                Map.of("LONGHAUL_URL", "http://127.0.0.1:" + SERVER.port(), "LONGHAUL_API_KEY", KEY.reveal());
        Shell shell = TestShells.of(environment, out);
        assertThat(new RemoteCommands(shell).run(List.of(words)))
                .as(out::toString)
                .isEqualTo(exit);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatOperatorsDidIsListedTheNewestFirst() throws Exception {
        Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin())
                .useExtension(
                        KeyStatements.class, keys -> keys.create(KEY.id(), "ada", KEY.hash(), "admin", null, null));
        assertThat(run(ExitCode.DONE, "audit")).isEqualTo("No operator did anything.\n");
        run(ExitCode.DONE, "tool", "pause", "sleep");
        run(ExitCode.DONE, "tool", "resume", "sleep");

        List<String> lines = run(ExitCode.DONE, "audit", "--limit", "2").lines().toList();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("TIME").contains("WHO", "ACTION", "ANSWER", "TRACE");
        assertThat(lines.get(1)).contains("ada", "POST /v1/tools/sleep/resume", "200");
        assertThat(lines.get(2)).contains("ada", "POST /v1/tools/sleep/pause", "200");
        assertThat(run(ExitCode.DONE, "audit", "--limit", "1", "--json"))
                .contains("/v1/tools/sleep/resume")
                .doesNotContain("/pause");
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO audit_log (principal, action, status, trace_id)"
                    + " SELECT 'bob', 'POST /' || n, 200, 't' FROM generate_series(1, 250) AS n");
        }
        assertThat(run(ExitCode.DONE, "audit", "--limit", "220").lines())
                .hasSize(221)
                .anyMatch(line -> line.contains("POST /250 "))
                .anyMatch(line -> line.contains("POST /31 "))
                .noneMatch(line -> line.contains("POST /30 "));
        assertThat(run(ExitCode.DONE, "audit", "--limit", "900").lines()).hasSize(253);
        assertThat(run(ExitCode.REFUSED, "audit", "--limit", "0")).contains("limit");
    }
}
