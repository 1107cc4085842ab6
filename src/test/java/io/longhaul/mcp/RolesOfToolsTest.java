package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.TokenProvider;
import java.util.List;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The tools that this server has besides those of its configuration ask for roles, as the HTTP API does. */
class RolesOfToolsTest {
    private static final TokenProvider PROVIDER = new TokenProvider();
    private static PublicJsonWebKey signing;

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE =
            new McpNode(DATABASE, """
            auth: {mode: keys, oidc: {issuer: "%s", audience: "%s", jwks: "%s"}}
            mcp: {handleTools: true}
            """.formatted(TokenProvider.ISSUER, TokenProvider.AUDIENCE, PROVIDER.keys()));

    @BeforeAll
    static void publishKey() throws Exception {
        signing = TokenProvider.rsa("one");
        PROVIDER.publish(signing);
    }

    private static String key(Role role) {
        ApiKey key = ApiKey.random();
        TestDatabase.jdbi(DATABASE.dataSource()::getConnection)
                .useExtension(
                        KeyStatements.class,
                        keys -> keys.create(key.id(), role.word(), key.hash(), role.word(), null, null));
        return key.reveal();
    }

    @Test
    void whoMayNotReadIsToldNothingByAnyTool() throws Exception {
        McpClient submitter = NODE.client(key(Role.SUBMIT)).modern(McpClient.TASKS);
        String id = submitter
                .result("tools/call", "{\"name\": \"step\"}")
                .path("taskId")
                .asText();
        String without = TokenProvider.signed(TokenProvider.claims("nobody"), signing);
        for (String credential : List.of(key(Role.WORK), without)) {
            for (String tool : List.of(
                    "job_start",
                    "job_status",
                    "job_result",
                    "job_cancel",
                    "job_card_state",
                    "job_card_cancel",
                    "job_card_answer")) {
                String call = """
                        {"name": "%s", "arguments": {"job_id": "%s", "tool": "step", "key": "k", "action": "cancel"}}
                        """.formatted(tool, id);
                try (Stream stream = NODE.client(credential).modern("{}").open("tools/call", call)) {
                    assertThat(stream.status()).as(tool).isEqualTo(403);
                    assertThat(stream.last().at("/error/data/error_code").asText())
                            .as(tool)
                            .isEqualTo("MISSING_ROLE");
                }
            }
        }
        assertThat(submitter
                        .result("tools/call", "{\"name\": \"job_result\", \"arguments\": {\"job_id\": \"" + id + "\"}}")
                        .has("content"))
                .isTrue();
    }
}
