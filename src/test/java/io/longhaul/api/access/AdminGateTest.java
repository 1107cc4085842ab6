package io.longhaul.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.admin.ReloadToolsTask;
import io.longhaul.api.Answer;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.api.Contract;
import io.longhaul.api.RawConnection;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.logging.SecretsFilter;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The admin port has no authentication, so it must refuse everything that a web page makes a browser send. */
class AdminGateTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withRemote()
            .withAuth(new AccessConfiguration(
                    AccessConfiguration.Mode.NONE, List.of("node-1.example"), List.of("https://jobs.example"), 0));

    private static Answer ask(String method, String target, String... headers) {
        return ask(SERVER.adminPort(), method, target, "", headers);
    }

    private static Answer ask(int port, String method, String target, String body, String... headers) {
        boolean named = List.of(headers).stream().anyMatch(header -> header.startsWith("Host:"));
        String request = method + " " + target + " HTTP/1.1\r\n" + (named ? "" : "Host: 127.0.0.1:" + port + "\r\n")
                + String.join(
                        "",
                        List.of(headers).stream().map(header -> header + "\r\n").toList())
                + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
        try (RawConnection connection = new RawConnection(port)) {
            return connection.send(request.getBytes(StandardCharsets.US_ASCII), false, false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /tasks/drain",
        "POST, /tasks/gc",
        "POST, /tasks/log-level?logger=ROOT&level=OFF",
        "GET, /metrics",
        "GET, /healthcheck",
        "GET, /threads",
        "GET, /pprof",
        "GET, /ping",
        "GET, /"
    })
    void noPageOfAnotherSiteReachesTheAdminPort(String method, String target) {
        for (String header : List.of(
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: https://jobs.example",
                "Origin: http://127.0.0.1:" + SERVER.port(),
                "Origin: http://127.0.0.1.evil.example:" + SERVER.adminPort(),
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site")) {
            Answer answer = ask(method, target, header);
            assertThat(answer.status()).as(header).isEqualTo(403);
            assertThat(answer.text("/error_code")).isEqualTo("ORIGIN_NOT_ALLOWED");
            assertThat(Contract.ofJar().wrongProblem(method, answer)).isEmpty();
        }
        for (String host : List.of(
                "evil.example",
                "evil.example:8081",
                "127.0.0.1.evil.example",
                "2130706433",
                "0x7f.1",
                "localhost.evil.example")) {
            Answer answer = ask(method, target, "Host: " + host, "Origin: http://" + host);
            assertThat(answer.status()).as(host).isEqualTo(421);
            assertThat(answer.text("/error_code")).isEqualTo("HOST_NOT_ALLOWED");
        }
        assertThat(SERVER.drains.get()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3:8081",
                "[fd00::12]:8081",
                "[::1]",
                "localhost",
                "node-1.example:8081",
                "NODE-1.example",
                "LocalHost:1"
            })
    void probesByAddressAndByConfiguredNamesAreAnswered(String host) {
        for (String path : List.of("/healthcheck", "/metrics", "/ping")) {
            assertThat(ask("GET", path, "Host: " + host, "User-Agent: kube-probe/1.31")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(ask("GET", "/ping", "Host: " + host, "Origin: http://" + host.toLowerCase())
                        .status())
                .isEqualTo(200);
    }

    /** Such an answer of the task leaves nothing in the log; an exception would leave its stack trace. */
    @Test
    void mistakesInTheToolsAreAnswered422() {
        assertThat(ask("POST", "/tasks/reload-tools").status()).isEqualTo(200);
        SERVER.reload = new ReloadToolsTask.Outcome(false, "The tools stay as they are. tools.yml:3: no name");
        Answer refused = ask("POST", "/tasks/reload-tools");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().strip()).isEqualTo("The tools stay as they are. tools.yml:3: no name");
    }

    @Test
    void aProgramMayUseTasks() {
        assertThat(ask("POST", "/tasks/drain").status()).isEqualTo(200);
        assertThat(SERVER.drains.get()).isOne();
        assertThat(ask("POST", "/tasks/drain?resume=true", "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
        assertThat(SERVER.drains.get()).isZero();
        assertThat(ask("POST", "/tasks/log-level?logger=x.y&logger=x.z&level=INFO")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/tasks/drain?resum=true, resum, did you mean resume?",
        "/tasks/drain?resume=yes, resume, must be true or false",
        "/tasks/drain?resume=TRUE, resume, must be true or false",
        "/tasks/drain?resume, resume, has no value",
        "/tasks/drain?resume=true&resume=false, resume, is there 2 times",
        "/tasks/reload-tools?force=true, force, which takes none",
        "/tasks/log-level?logger=a&levle=DEBUG, levle, did you mean level?",
        "/tasks/log-level?logger=a&level=DEBIG, level, must be ALL or TRACE",
        "/tasks/gc?run=2, run, did you mean runs?"
    })
    void aTaskWithWrongParametersDoesNotStart(String target, String name, String message) {
        Answer answer = ask("POST", target);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/" + name);
        assertThat(answer.text("/errors/0/message")).contains(message);
        String form = target.substring(target.indexOf('?') + 1);
        Answer inBody = ask(
                SERVER.adminPort(),
                "POST",
                target.substring(0, target.indexOf('?')),
                form,
                "Content-Type: application/x-www-form-urlencoded");
        assertThat(inBody.status()).isEqualTo(422);
        assertThat(SERVER.drains.get()).isZero();
    }

    @Test
    void theApiPortRefusesChangesThatABrowserSaysComeFromAnotherSite() {
        String job = "{\"tool\": \"echo\"}";
        String json = "Content-Type: application/json";
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(ask(SERVER.port(), "POST", "/v1/jobs", job, json, "Sec-Fetch-Site: " + site)
                            .text("/error_code"))
                    .isEqualTo("ORIGIN_NOT_ALLOWED");
            assertThat(ask(SERVER.port(), "GET", "/v1/jobs", "", "Sec-Fetch-Site: " + site)
                            .status())
                    .isEqualTo(200);
        }
        for (String site : List.of("same-origin", "none")) {
            assertThat(ask(SERVER.port(), "POST", "/v1/jobs", job, json, "Sec-Fetch-Site: " + site)
                            .status())
                    .isEqualTo(201);
        }
        assertThat(ask(
                                SERVER.port(),
                                "POST",
                                "/v1/jobs",
                                job,
                                json,
                                "Sec-Fetch-Site: cross-site",
                                "Origin: https://jobs.example")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void noSecretIsLoggedAtAnyLevel() {
        Queue<String> logged = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                String failure =
                        event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
                logged.add(event.getFormattedMessage() + failure);
            }
        };
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        appender.setName("planted");
        appender.start();
        root.addAppender(appender);
        SecretsFilter.install();
        try {
            assertThat(ask("POST", "/tasks/log-level?logger=ROOT&level=TRACE").status())
                    .isEqualTo(200);
            List<String> secrets = plantSecrets();
            String whole = logged.stream().collect(Collectors.joining("\n"));
            assertThat(whole).contains("planted by the test");
            assertThat(secrets).allSatisfy(secret -> assertThat(whole).doesNotContain(secret));
        } finally {
            root.setLevel(Level.WARN);
            root.detachAppender("planted");
        }
    }

    /** At every path of the admin port. */
    private static List<String> plantSecrets() {
        String key = ApiKey.random().reveal();
        String token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXBsYW50ZWQ";
        String callback = "callbackTokenThatIsPlanted0123456789";
        String json = "Content-Type: application/json";
        for (int port : List.of(SERVER.port(), SERVER.adminPort())) {
            ask(port, "GET", "/v1/jobs", "", "Authorization: Bearer " + key);
            ask(port, "GET", "/ping", "", "X-API-Key: " + key);
            ask(port, "GET", "/healthz", "", "Authorization: Bearer " + token);
            ask(port, "POST", "/v1/callbacks/" + callback, "{}", json);
        }
        String secret = "whsec_" + "c2VjcmV0".repeat(5);
        JsonNode webhook = ask(
                        SERVER.port(),
                        "POST",
                        "/v1/webhooks",
                        "{\"url\": \"https://hooks.example.org/\", \"secret\": \"" + secret + "\"}",
                        json)
                .json();
        assertThat(webhook.path("webhook_id").asText()).isNotEmpty();
        String worker = ask(SERVER.port(), "POST", "/v1/workers", "{\"name\": \"" + UUID.randomUUID() + "\"}", json)
                .text("/worker_token");
        ask(SERVER.port(), "POST", "/v1/workers/heartbeat", "{}", json, "Longhaul-Worker-Token: " + worker);
        LoggerFactory.getLogger("test").trace("planted by the test {} {}", key, worker);
        return List.of(key, key.substring(key.length() - 30), token, callback, secret, worker);
    }
}
