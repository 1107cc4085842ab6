package io.longhaul.api;

import static io.longhaul.testing.TokenProvider.claims;
import static io.longhaul.testing.TokenProvider.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.TokenProvider;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens of an OpenID provider over HTTP. {@code OidcTokensTest} covers the single errors of tokens. */
class OidcApiTest {
    /** Kept for the whole class, because failed tests run again. */
    private static final TokenProvider PROVIDER = new TokenProvider();

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = server(PROVIDER);

    private static PublicJsonWebKey key;

    @BeforeAll
    static void publish() throws Exception {
        key = TokenProvider.rsa("one");
        PROVIDER.publish(key);
    }

    @Test
    void theSubjectOfATokenOwnsItsJobs() throws Exception {
        String ada = signed(claims("ada", "submit"), key);
        String job = send("POST", "/v1/jobs", ada, "{\"tool\": \"echo\"}").text("/job_id");
        assertThat(send("GET", "/v1/jobs/" + job, ada, "").status()).isEqualTo(200);
        String owner = SERVER.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT principal FROM jobs WHERE id = :id")
                        .bind("id", UUID.fromString(job))
                        .mapTo(String.class)
                        .one());
        assertThat(owner).isEqualTo("oidc:ada");
        String bob = signed(claims("bob", "submit"), key);
        assertThat(send("GET", "/v1/jobs/" + job, bob, "").status()).isEqualTo(404);
        String operator = signed(claims("olga", "operate"), key);
        assertThat(send("POST", "/v1/jobs/cancel?tool=echo", operator, "").status())
                .isEqualTo(200);
        assertThat(send("GET", "/v1/audit", signed(claims("eve", "admin"), key), "")
                        .json("/actions")
                        .toString())
                .contains("oidc:olga");
    }

    @Test
    void aTokenWithoutARoleIsAuthenticatedAndForbidden() throws Exception {
        Answer answer = send("POST", "/v1/jobs", signed(claims("ada"), key), "{\"tool\": \"echo\"}");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text("/error_code")).isEqualTo("MISSING_ROLE");
        assertThat(answer.text("/message")).contains("oidc:ada has none", "auth.oidc.rolesClaim");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void anInvalidTokenIsRefusedWithAReasonAndHealthStaysOpen() throws Exception {
        JwtClaims expired = claims("ada", "admin");
        expired.setExpirationTimeMinutesInTheFuture(-5);
        String token = signed(expired, key);
        Answer answer = send("GET", "/v1/jobs", token, "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.text("/error_code")).isEqualTo("UNAUTHENTICATED");
        assertThat(answer.text("/message")).contains("has expired").doesNotContain(token);
        assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(send("GET", "/healthz", token, "").status()).isEqualTo(200);
        assertThat(SERVER.get("/v1/jobs").text("/message")).contains(TokenProvider.ISSUER);
    }

    @Test
    void aTokenThatCannotBeCheckedMayBeSentAgain() throws Exception {
        try (TokenProvider away = new TokenProvider()) {
            ApiServer other = server(away);
            other.beforeAll(null);
            try {
                var token = "Bearer " + signed(claims("ada", "submit"), key);
                Answer answer = other.send(other.request("/v1/jobs").header("Authorization", token));
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text("/error_code")).isEqualTo("TOKEN_NOT_JUDGED");
                assertThat(answer.header("Retry-After")).isEqualTo("5");
                assertThat(other.send(other.request("/healthz").header("Authorization", token))
                                .status())
                        .isEqualTo(200);
            } finally {
                other.afterAll(null);
            }
        }
    }

    private static ApiServer server(TokenProvider provider) {
        OidcConfiguration oidc = new OidcConfiguration(
                TokenProvider.ISSUER,
                TokenProvider.AUDIENCE,
                provider.keys(),
                "sub",
                "roles",
                Map.of(),
                Duration.ofMinutes(1));
        return new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
                .withAuth(new AccessConfiguration(
                        AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0, false, List.of(), oidc));
    }

    private static Answer send(String method, String path, String token, String body) {
        return SERVER.send(SERVER.request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }
}
