package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.client.Input;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.questions.Asking;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.testing.EventReader;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.spi.Question;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions of tools, and answers to them, over HTTP. */
class InputsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withAuth(new AccessConfiguration(AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0));

    private static final Map<String, String> KEYS = new ConcurrentHashMap<>();

    private static final Question APPROVE = Question.of("approve", "Run 40 jobs for 90 €?")
            .answeredBy(
                    ParamsJson.parse(
                            "{\"type\": \"object\", \"properties\": {\"zeal\": {\"type\": \"integer\", \"minimum\": 1}, \"as\": {\"type\": \"string\"}}, \"required\": [\"zeal\"]}"));

    private final String alice = key("alice", Role.SUBMIT);

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_inputs, audit_log"));
    }

    private static String key(String name, Role role) {
        return KEYS.computeIfAbsent(name, any -> {
            ApiKey key = ApiKey.random();
            SERVER.jdbi()
                    .useExtension(
                            KeyStatements.class,
                            keys -> keys.create(key.id(), name, key.hash(), role.word(), null, null));
            return key.reveal();
        });
    }

    private static Answer send(String method, String path, String key, String body) {
        return SERVER.send(SERVER.request(path)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private Answer get(String path) {
        return send("GET", path, alice, null);
    }

    private String submit() {
        return send("POST", "/v1/jobs", alice, "{\"tool\": \"echo\"}").text("/job_id");
    }

    /** A job of hers that asks, and the attempt that does. */
    private ClaimedJob asking(Question... questions) {
        ClaimedJob job = SERVER.worker().claim(submit());
        for (Question question : questions) {
            ask(job, question);
        }
        return job;
    }

    private static StoredQuestion ask(ClaimedJob job, Question question) {
        return new Asking(SERVER.jdbi())
                .ask(job.lease(), question, InputPolicy.DEFAULT)
                .orElseThrow();
    }

    private Answer answer(ClaimedJob job, String key, String body) {
        return send("POST", inputs(job) + "/" + key, alice, body);
    }

    private static String path(ClaimedJob job) {
        return "/v1/jobs/" + job.lease().jobId();
    }

    private static String inputs(ClaimedJob job) {
        return path(job) + "/inputs";
    }

    @Test
    void aJobShowsWhatItWaitsForUntilItIsAnswered() {
        ClaimedJob job = asking(APPROVE);
        Answer shown = get(path(job));
        assertThat(shown.text("/status")).isEqualTo("running");
        assertThat(shown.text("/waiting_for_input")).isEqualTo("true");
        assertThat(shown.text("/inputs/0/key")).isEqualTo("approve");
        assertThat(shown.text("/inputs/0/message")).isEqualTo("Run 40 jobs for 90 €?");
        assertThat(shown.body()).as("in the order of the schema").contains("\"properties\":{\"zeal\"");
        assertThat(shown.text("/inputs/0/asked_at")).isNotEmpty();
        String tag = shown.header("ETag");

        Answer taken = answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.text("/answer/action")).isEqualTo("accept");
        assertThat(taken.text("/answer/content/zeal")).isEqualTo("3");
        assertThat(taken.text("/answered_by")).isEqualTo("alice");

        Answer after = get(path(job));
        assertThat(after.text("/waiting_for_input")).isEqualTo("false");
        assertThat(after.json().has("inputs")).isFalse();
        assertThat(after.header("ETag")).isNotEqualTo(tag);
        assertThat(get(inputs(job)).text("/inputs/0/answer/content/zeal")).isEqualTo("3");
        assertThat(get(inputs(job)).text("/waiting_for_input")).isEqualTo("false");
    }

    @Test
    void theAnswerIsTheAttemptsThatAsksAgain() {
        ClaimedJob job = asking(APPROVE);
        answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
        assertThat(ask(job, APPROVE).answer().content()).isEqualTo(ParamsJson.parse("{\"zeal\": 3}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"content": {"zeal": 0}}                  | 422 | INVALID_ANSWER  | /content/zeal
            {"content": {"as": "me"}}                 | 422 | INVALID_ANSWER  | /content
            {"content": "yes"}                        | 422 | INVALID_ANSWER  | /content
            {}                                        | 422 | INVALID_ANSWER  | /content
            {"action": "maybe"}                       | 422 | INVALID_REQUEST | /action
            {"action": "decline", "content": {}}      | 422 | INVALID_REQUEST | /content
            []                                        | 422 | INVALID_REQUEST | ''
            {"content"                                | 400 | MALFORMED_JSON  |
            """)
    void aWrongAnswerSaysWhatIsWrongAndLosesNothing(String body, int status, String code, String pointer) {
        ClaimedJob job = asking(APPROVE);
        Answer refused = answer(job, "approve", body);
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.text("/error_code")).isEqualTo(code);
        if (pointer != null) {
            assertThat(refused.text("/errors/0/pointer")).isEqualTo(pointer);
        }
        assertThat(answer(job, "approve", "{\"content\": {\"zeal\": 1}}").status())
                .isEqualTo(200);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        ClaimedJob job = asking(APPROVE);
        assertThat(answer(job, "other", "{}").text("/error_code")).isEqualTo("INPUT_NOT_FOUND");
        assertThat(answer(job, "other", "{}").text("/message")).contains(inputs(job));
        for (String id : List.of(UUID.randomUUID().toString(), "nonsense")) {
            assertThat(get("/v1/jobs/" + id + "/inputs").text("/error_code")).isEqualTo("JOB_NOT_FOUND");
            assertThat(send("POST", "/v1/jobs/" + id + "/inputs/approve", alice, "{}")
                            .text("/error_code"))
                    .isEqualTo("JOB_NOT_FOUND");
        }
    }

    @Test
    void aQuestionHasOneAnswerAndTheSameMayBeRepeated() {
        ClaimedJob job = asking(APPROVE);
        assertThat(answer(job, "approve", "{\"action\": \"decline\"}").status()).isEqualTo(200);
        assertThat(answer(job, "approve", "{\"action\": \"decline\"}").status()).isEqualTo(200);
        Answer other = answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text("/error_code")).isEqualTo("INPUT_ANSWERED");
        assertThat(get(inputs(job)).text("/inputs/0/answer/action")).isEqualTo("decline");
        assertThat(get(inputs(job)).text("/inputs/0/answer/content")).isEqualTo("null");
    }

    @Test
    void anEndedJobTakesNoAnswerAndWaitsForNone() {
        ClaimedJob job = asking(APPROVE);
        send("DELETE", path(job), alice, null);
        assertThat(get(path(job)).text("/waiting_for_input")).isEqualTo("false");
        Answer refused = answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error_code")).isEqualTo("JOB_FINISHED");
    }

    @Test
    void anAnswerThatComesTooLateIsRefused() {
        ClaimedJob job = asking(APPROVE.within(Duration.ofSeconds(1)));
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE job_inputs SET expires_at = NOW()"));
        Answer refused = answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error_code")).isEqualTo("INPUT_EXPIRED");
    }

    @Test
    void submittersAnswerTheirOwnJobsAndOperatorsAll() {
        ClaimedJob job = asking(APPROVE);
        String path = inputs(job) + "/approve";
        String body = "{\"content\": {\"zeal\": 3}}";
        assertThat(send("POST", path, key("bob", Role.SUBMIT), body).status()).isEqualTo(404);
        assertThat(send("GET", inputs(job), key("bob", Role.SUBMIT), null).status())
                .isEqualTo(404);
        assertThat(send("POST", path, key("a reader", Role.READ), body).status())
                .isEqualTo(403);
        assertThat(send("POST", path, key("a worker", Role.WORK), body).status())
                .isEqualTo(403);
        Answer taken = send("POST", path, key("an operator", Role.OPERATE), body);
        assertThat(taken.text("/answered_by")).isEqualTo("an operator");
        Answer audit = send("GET", "/v1/audit", key("an admin", Role.ADMIN), null);
        assertThat(audit.body()).contains("POST " + path).contains("an operator");
    }

    @Test
    void streamsTellOfTheQuestionAndOfTheAnswer() {
        String operator = "Bearer " + key("an operator", Role.OPERATE);
        String url = "http://127.0.0.1:" + SERVER.port();
        ClaimedJob job = asking();
        try (EventReader one = EventReader.open(url + path(job) + "/events", "Authorization", operator);
                EventReader all = EventReader.open(url + "/v1/events", "Authorization", operator)) {
            one.until(event -> event.text("status").equals("running"));
            ask(job, APPROVE);
            for (EventReader reader : List.of(one, all)) {
                reader.until(event -> event.text("waiting_for_input").equals("true"));
            }
            answer(job, "approve", "{\"content\": {\"zeal\": 3}}");
            for (EventReader reader : List.of(one, all)) {
                reader.until(event -> event.text("waiting_for_input").equals("false"));
            }
        }
    }

    @Test
    void aListShowsTheJobsThatWait() {
        ClaimedJob waiting = asking(APPROVE);
        ClaimedJob ended = asking(APPROVE);
        send("DELETE", path(ended), alice, null);
        asking();
        Answer list = get("/v1/jobs?waiting_for_input=true");
        assertThat(list.text("/total")).isEqualTo("1");
        assertThat(list.text("/jobs/0/job_id"))
                .isEqualTo(waiting.lease().jobId().toString());
        assertThat(list.text("/jobs/0/waiting_for_input")).isEqualTo("true");
        assertThat(get("/v1/jobs").text("/total")).isEqualTo("3");
    }

    /** Runs the command job and returns what it printed, errors last. */
    private String command(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> environment =
                Map.of("LONGHAUL_URL", "http://127.0.0.1:" + SERVER.port(), "LONGHAUL_API_KEY", alice);
        int exit = new RemoteCommands(
                        environment,
                        InputStream.nullInputStream(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(Stream.concat(Stream.of("job"), Stream.of(words)).toList());
        return exit + " " + out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theJavaClientShowsAndAnswersQuestions() {
        ClaimedJob job = asking(APPROVE, Question.of("other", "And?"));
        UUID id = job.lease().jobId();
        try (LonghaulClient client = LonghaulClient.builder("http://127.0.0.1:" + SERVER.port())
                .token(alice)
                .build()) {
            assertThat(client.get(id).isWaitingForInput()).isTrue();
            assertThat(client.inputs(id)).extracting(Input::key).containsExactly("approve", "other");
            assertThatThrownBy(() -> client.answer(id, "approve", Map.of("zeal", 0)))
                    .isInstanceOfSatisfying(
                            LonghaulException.class,
                            e -> assertThat(e.errorCode()).isEqualTo("INVALID_ANSWER"));
            assertThat(client.answer(id, "approve", Map.of("zeal", 3)).content())
                    .isEqualTo(ParamsJson.parse("{\"zeal\": 3}"));
            assertThat(client.decline(id, "other").action()).isEqualTo("decline");
            assertThat(client.get(id).isWaitingForInput()).isFalse();
        }
    }

    @Test
    void theCommandLineShowsAndAnswersQuestions() {
        ClaimedJob job = asking(APPROVE, Question.of("other", "And?"));
        String id = job.lease().jobId().toString();
        assertThat(command("get", id)).contains("asks       approve: Run 40 jobs for 90 €?; other: And?");
        assertThat(command("inputs", id)).contains("approve: Run 40", "job answer " + id + " approve", "zeal");
        assertThat(command("answer", id, "approve")).startsWith("2 ").contains("--decline");
        assertThat(command("answer", id, "approve", "zeal=0")).startsWith("2 ").contains("/content/zeal");
        assertThat(command("answer", id, "approve", "zeal=2")).isEqualTo("0 ");
        assertThat(command("answer", id, "other", "--content", "[1]", "--json")).contains("\"content\":[1]");
        assertThat(command("inputs", id)).contains("accept {\"zeal\":2}, by alice");
        assertThat(command("answer", id, "other", "--decline")).startsWith("2 ").contains("another answer");
    }
}
