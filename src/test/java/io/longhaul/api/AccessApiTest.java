package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.access.AccessFilter;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.Role;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls every endpoint with every kind of key. The endpoints are found in the code, so none is forgotten. */
class AccessApiTest {
    private static final String SOME_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withRemote()
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0, true, List.of(), OidcConfiguration.NONE));

    /** A method of a resource. */
    record Endpoint(String verb, String path, String type, Method method) {
        @Override
        public String toString() {
            return verb + " " + path + " " + type;
        }
    }

    static List<Endpoint> endpoints() throws Exception {
        List<Endpoint> all = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.walk(java.nio.file.Path.of("src/main/java/io/longhaul/api"))) {
            for (java.nio.file.Path file : files.sorted().toList()) {
                if (!file.toString().endsWith(".java") || file.endsWith("package-info.java")) {
                    continue;
                }
                String name =
                        java.nio.file.Path.of("src/main/java").relativize(file).toString();
                Class<?> type = Class.forName(name.replace(".java", "").replace('/', '.'));
                for (Method method : type.getDeclaredMethods()) {
                    Arrays.stream(method.getAnnotations())
                            .map(a -> a.annotationType().getAnnotation(HttpMethod.class))
                            .filter(java.util.Objects::nonNull)
                            .forEach(verb -> all.add(endpoint(verb.value(), type, method)));
                }
            }
        }
        return all;
    }

    private static Endpoint endpoint(String verb, Class<?> type, Method method) {
        Path of = method.getAnnotation(Path.class);
        String path = (type.getAnnotation(Path.class).value() + (of == null ? "" : "/" + of.value()))
                .replaceAll("/+", "/")
                .replaceAll("\\{(attempt)}", "1")
                .replaceAll("\\{[^}]*}", SOME_ID);
        Consumes body = method.getAnnotation(Consumes.class);
        // Streams do not end.
        String asked = path.equals("/v1/events") ? "HEAD" : verb;
        return new Endpoint(asked, path, body == null ? "application/json" : body.value()[0], method);
    }

    @Test
    void everyEndpointDeclaresItsRole() throws Exception {
        assertThat(endpoints())
                .hasSizeGreaterThan(50)
                .allSatisfy(endpoint -> assertThat(endpoint.method().isAnnotationPresent(RequiresRole.class)
                                ^ endpoint.method().isAnnotationPresent(NoAuthentication.class))
                        .as("%s has either @Needs or @Open", endpoint)
                        .isTrue());
    }

    @Test
    void openPathsMatchTheirAnnotation() throws Exception {
        assertThat(endpoints())
                .allSatisfy(endpoint -> assertThat(AccessFilter.isOpen(endpoint.path()))
                        .as("%s", endpoint)
                        .isEqualTo(endpoint.method().isAnnotationPresent(NoAuthentication.class)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endpoints")
    void anEndpointAnswersOnlyCallersWithItsRole(Endpoint endpoint) {
        boolean open = endpoint.method().isAnnotationPresent(NoAuthentication.class);
        for (String bad : Keys.bad()) {
            Answer answer = ask(endpoint, bad);
            if (open) {
                assertThat(answer.status()).as("%s with %s", endpoint, bad).isNotIn(401, 403);
            } else {
                assertThat(answer.status()).as("%s with %s", endpoint, bad).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"longhaul\"");
            }
        }
        for (Role role : List.of(Role.READ, Role.SUBMIT, Role.WORK, Role.OPERATE, Role.ADMIN)) {
            Answer answer = ask(endpoint, Keys.of(role));
            if (open
                    || role.covers(
                            endpoint.method().getAnnotation(RequiresRole.class).value())) {
                assertThat(answer.status()).as("%s for %s", endpoint, role).isNotIn(401, 403, 500);
            } else {
                assertThat(answer.status()).as("%s for %s", endpoint, role).isEqualTo(403);
            }
        }
    }

    @Test
    void noSpellingOfAPathBypassesTheRoles() {
        for (String path : List.of(
                "/v1/jobs;x=y", "/v1/%6aobs", "/healthz;/../v1/jobs", "/v1//jobs", "/v1/callbacks/x/../../jobs")) {
            assertThat(SERVER.send(SERVER.request(path).GET()).status())
                    .as(path)
                    .isIn(400, 401, 404);
        }
        assertThat(SERVER.post("/v1/jobs/cancel;x=y", "", "X-API-Key", Keys.of(Role.SUBMIT))
                        .status())
                .isEqualTo(400);
        assertThat(SERVER.post("/v1/jobs/%63ancel", "", "X-API-Key", Keys.of(Role.SUBMIT))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void aRefusalNamesTheRoleAndNoSecret() {
        String key = Keys.of(Role.READ);
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Authorization", "Bearer " + key);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text("/error_code")).isEqualTo("MISSING_ROLE");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.text("/message")).contains("the role submit").doesNotContain(key.substring(3));
    }

    @Test
    void aKeyMaySubmitAndItsUseIsRecorded() {
        String key = Keys.of(Role.SUBMIT);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}", "Authorization", "Bearer " + key)
                        .status())
                .isEqualTo(201);
        assertThat(SERVER.jdbi().withExtension(KeyStatements.class, KeyStatements::list))
                .anySatisfy(known -> {
                    assertThat(known.id())
                            .isEqualTo(ApiKey.parse(key).orElseThrow().id());
                    assertThat(known.lastUsedAt()).isNotNull();
                });
    }

    @Test
    void twoDifferentCredentialsAreNone() {
        String one = "Bearer " + Keys.of(Role.ADMIN);
        String other = "Bearer " + Keys.of(Role.READ);
        for (List<String> sent : List.of(List.of(one, other), List.of(other, one))) {
            Answer refused = SERVER.send(SERVER.request("/v1/jobs")
                    .header("Authorization", sent.get(0))
                    .header("Authorization", sent.get(1)));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.text("/message")).contains("Authorization is there more than once");
        }
        assertThat(SERVER.send(SERVER.request("/v1/jobs")
                                .header("X-API-Key", Keys.of(Role.ADMIN))
                                .header("X-API-Key", Keys.of(Role.READ)))
                        .status())
                .isEqualTo(401);
        assertThat(SERVER.send(SERVER.request("/v1/jobs")
                                .header("Authorization", one)
                                .header("Authorization", one))
                        .status())
                .as("the same one twice")
                .isEqualTo(200);
    }

    @Test
    void aKeyMayBeInBothHeadersButNotTwoKeys() {
        String admin = Keys.of(Role.ADMIN);
        assertThat(both("Bearer " + admin, admin).status()).isEqualTo(200);
        for (String authorization :
                List.of("Bearer " + Keys.of(Role.READ), "bearer", "Bearer a b", "Bearer  nonsense")) {
            Answer refused = both(authorization, admin);
            assertThat(refused.status()).as(authorization).isEqualTo(401);
            assertThat(refused.text("/message")).contains("hold different keys");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Digest username=u", "Bearers x", ""})
    void theCredentialsOfAProxyAreNotLookedAt(String authorization) {
        assertThat(both(authorization, Keys.of(Role.READ)).status()).isEqualTo(200);
        Answer refused = SERVER.send(SERVER.request("/v1/jobs").header("Authorization", authorization));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).doesNotContain("invalid_token");
    }

    private static Answer both(String authorization, String key) {
        return SERVER.send(SERVER.request("/v1/jobs")
                .header("Authorization", authorization)
                .header("X-API-Key", key));
    }

    @Test
    void noRequestIsSentBackAsItCame() {
        String key = Keys.of(Role.ADMIN);
        for (String path : List.of("/v1/jobs", "/v1/jobs/" + SOME_ID, "/healthz", "/openapi.json")) {
            Answer answer = SERVER.send(SERVER.request(path)
                    .header("Authorization", "Bearer " + key)
                    .method("TRACE", BodyPublishers.noBody()));
            assertThat(answer.status()).as(path).isEqualTo(405);
            assertThat(answer.body()).as(path).doesNotContain(key);
        }
    }

    @Test
    void actionsOfOperatorsAreRecorded() {
        SERVER.post("/v1/mcp/nothing", "{}", "X-API-Key", Keys.of(Role.OPERATE));
        SERVER.post("/v1/jobs/cancel?tool=none&dry_run=true", "", "X-API-Key", Keys.of(Role.OPERATE));
        Answer audit = SERVER.send(SERVER.request("/v1/audit").header("X-API-Key", Keys.of(Role.ADMIN)));
        assertThat(audit.json("/actions").toString()).contains("POST /v1/jobs/cancel?tool=none&dry_run=true");
    }

    @Test
    void pagesOfOtherSitesChangeNothing() {
        Answer foreign =
                SERVER.post("/v1/jobs", "{}", "Origin", "https://evil.example", "X-API-Key", Keys.of(Role.ADMIN));
        assertThat(foreign.text("/error_code")).isEqualTo("ORIGIN_NOT_ALLOWED");
        Answer own = SERVER.post(
                "/v1/jobs", "{}", "Origin", "http://127.0.0.1:" + SERVER.port(), "X-API-Key", Keys.of(Role.ADMIN));
        assertThat(own.status()).isEqualTo(422);
        assertThat(own.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void aForeignHostNameThatResolvesHereIsRefused() throws Exception {
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", SERVER.port())) {
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 421")
                    .contains("HOST_NOT_ALLOWED");
        }
    }

    @Test
    void callersWithoutAKeySeeOnlyThatTheNodeIsHealthy() {
        assertThat(SERVER.get("/health").json("/details/checks").size()).isZero();
        Answer known = SERVER.send(SERVER.request("/health").header("X-API-Key", Keys.of(Role.READ)));
        assertThat(known.json("/details/checks").size()).isPositive();
    }

    private static Answer ask(Endpoint endpoint, String key) {
        var request = SERVER.request(endpoint.path()).header("Content-Type", endpoint.type());
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        return SERVER.send(request.method(
                endpoint.verb(),
                endpoint.verb().equals("POST") || endpoint.verb().equals("PATCH")
                        ? BodyPublishers.ofString("{}")
                        : BodyPublishers.noBody()));
    }

    /** Keys of all kinds, each created once. */
    private static final class Keys {
        private static final java.util.Map<Role, String> GOOD = new java.util.EnumMap<>(Role.class);
        private static final List<String> BAD = new ArrayList<>();

        static String of(Role role) {
            return GOOD.computeIfAbsent(role, r -> make(r, null));
        }

        /** Missing, malformed, mistyped, unknown, expired and revoked keys. */
        static List<String> bad() {
            if (BAD.isEmpty()) {
                String good = make(Role.ADMIN, null);
                String mistyped = good.substring(0, good.length() - 1) + (good.endsWith("0") ? "1" : "0");
                String revoked = make(Role.ADMIN, null);
                SERVER.jdbi()
                        .useExtension(
                                KeyStatements.class,
                                keys -> keys.revoke(
                                        ApiKey.parse(revoked).orElseThrow().id()));
                BAD.addAll(List.of("", "x", mistyped, ApiKey.random().reveal(), make(Role.ADMIN, -1L), revoked));
            }
            return BAD;
        }

        private static String make(Role role, Long seconds) {
            ApiKey key = ApiKey.random();
            SERVER.jdbi()
                    .useExtension(
                            KeyStatements.class,
                            keys -> keys.create(key.id(), "a " + role.word(), key.hash(), role.word(), seconds, null));
            return key.reveal();
        }
    }
}
