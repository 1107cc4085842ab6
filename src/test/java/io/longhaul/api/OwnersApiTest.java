package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKey;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Role;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ownership of jobs, batches, schedules and files. */
class OwnersApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools())
            .withAuth(new AccessConfiguration(AccessConfiguration.Mode.KEYS, List.of(), List.of(), 0));

    @Test
    void jobsOfOthersAreNotFound() {
        String alice = key("alice", Role.SUBMIT);
        String bob = key("bob", Role.SUBMIT);
        String job = submit(alice, "{\"tool\": \"echo\"}").text("/job_id");
        assertThat(get("/v1/jobs/" + job, alice).status()).isEqualTo(200);
        for (String path : List.of("", "/logs", "/chain", "/attempts", "/events")) {
            assertThat(get("/v1/jobs/" + job + path, bob).status()).as(path).isEqualTo(404);
        }
        assertThat(get("/v1/jobs", bob).text("/total")).isEqualTo("0");
        assertThat(get("/v1/jobs", alice).text("/total")).isEqualTo("1");
        assertThat(send("DELETE", "/v1/jobs/" + job, bob, "").status()).isEqualTo(404);
        assertThat(send("DELETE", "/v1/jobs/" + job, alice, "").status()).isEqualTo(200);
        assertThat(send("POST", "/v1/jobs/" + job + "/retry", bob, "").status()).isEqualTo(404);
        assertThat(get("/v1/jobs/" + job, key("an operator", Role.OPERATE)).text("/status"))
                .isEqualTo("cancelled");
    }

    @Test
    void aChainShowsNoJobsOfOthers() {
        String dora = key("dora", Role.SUBMIT);
        String operator = key("an operator of chains", Role.OPERATE);
        String first = submit(dora, "{\"tool\": \"echo\"}").text("/job_id");
        String after = "{\"tool\": \"echo\", \"after\": [\"" + first + "\"]}";
        String own = submit(dora, after).text("/job_id");
        String another = submit(operator, after).text("/job_id");
        assertThat(get("/v1/jobs/" + first + "/chain", dora).json("/jobs").findValuesAsText("job_id"))
                .containsExactly(first, own);
        assertThat(get("/v1/jobs/" + first + "/chain", operator).json("/jobs").findValuesAsText("job_id"))
                .containsExactlyInAnyOrder(first, own, another);
    }

    @Test
    void batchesOfOthersAreNotFound() {
        String carol = key("carol", Role.SUBMIT);
        Answer batch =
                send("POST", "/v1/jobs/batch", carol, "{\"jobs\": [{\"tool\": \"echo\"}, {\"tool\": \"echo\"}]}");
        assertThat(batch.status()).isEqualTo(201);
        String path = "/v1/batches/" + batch.text("/batch_id");
        assertThat(get(path, carol).status()).isEqualTo(200);
        assertThat(get(path, key("a reader", Role.READ)).status()).isEqualTo(404);
        assertThat(get(path, key("another operator", Role.OPERATE)).status()).isEqualTo(200);
        String cursor = get("/v1/jobs?limit=1", carol).text("/next_cursor");
        assertThat(get("/v1/jobs?limit=1&cursor=" + cursor, carol).status()).isEqualTo(200);
    }

    @Test
    void theStreamOfAllJobsNeedsARoleThatSeesAll() {
        assertThat(send("HEAD", "/v1/events", key("curious", Role.READ), "").status())
                .isEqualTo(403);
    }

    @Test
    void viewsAreTheirOwnersAndSharedOnesTheOperators() {
        String vera = key("vera", Role.READ);
        String walt = key("walt", Role.SUBMIT);
        String olga = key("olga", Role.OPERATE);
        String body = "{\"query\": \"status=failed&since=24h\"}";
        Answer made = send("PUT", "/v1/views/mine", vera, body);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).endsWith("/v1/views/mine");
        for (String other : List.of(walt, olga)) {
            assertThat(get("/v1/views/mine", other).text("/error_code")).isEqualTo("VIEW_NOT_FOUND");
            assertThat(send("DELETE", "/v1/views/mine", other, "").status()).isEqualTo(404);
            assertThat(get("/v1/views", other).body()).doesNotContain("mine");
        }
        assertThat(send("PUT", "/v1/views/shared/failures", walt, body).status())
                .isEqualTo(403);
        assertThat(send("PUT", "/v1/views/shared/failures", olga, body).status())
                .isEqualTo(201);
        assertThat(get("/v1/views", walt).text("/views/0/changed_by")).isEqualTo("olga");
        assertThat(get("/v1/views", vera).json("/views").findValuesAsText("name"))
                .containsExactly("failures", "mine");
        assertThat(send("DELETE", "/v1/views/shared/failures", vera, "").status())
                .isEqualTo(403);
        assertThat(send("DELETE", "/v1/views/shared/failures", olga, "").status())
                .isEqualTo(204);
        assertThat(get("/v1/audit", key("adam", Role.ADMIN)).body())
                .contains("PUT /v1/views/shared/failures", "DELETE /v1/views/shared/failures")
                .doesNotContain("/v1/views/mine");
    }

    @Test
    void twoPrincipalsMayUseTheSameIdempotencyKey() {
        String dora = key("dora", Role.SUBMIT);
        String emil = key("emil", Role.SUBMIT);
        String body = "{\"tool\": \"echo\", \"idempotency_key\": \"same\"}";
        String first = submit(dora, body).text("/job_id");
        assertThat(submit(dora, body).text("/job_id")).isEqualTo(first);
        assertThat(submit(emil, body).text("/job_id")).isNotEqualTo(first);
        String longest = "{\"tool\": \"echo\", \"idempotency_key\": \"" + "k".repeat(255) + "\"}";
        assertThat(submit(dora, longest).status()).isEqualTo(201);
    }

    @Test
    void resultsOfOthersCannotBeReadThroughPredecessors() {
        String ida = key("ida", Role.SUBMIT);
        String job = submit(ida, "{\"tool\": \"echo\"}").text("/job_id");
        String after = "{\"tool\": \"echo\", \"after\": [\"" + job + "\"], \"params\": {\"a\": {\"$result\": \"" + job
                + "\"}}}";
        Answer refused = submit(key("jan", Role.SUBMIT), after);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/error_code")).isEqualTo("UNKNOWN_PREDECESSOR");
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/after/0");
        assertThat(send("POST", "/v1/jobs/batch", key("jan", Role.SUBMIT), "{\"jobs\": [" + after + "]}")
                        .status())
                .isEqualTo(422);
        assertThat(submit(ida, after).status()).isEqualTo(201);
        assertThat(submit(key("a fourth operator", Role.OPERATE), after).status())
                .isEqualTo(201);
    }

    @Test
    void filesOfOthersAreNotFound() {
        String gina = key("gina", Role.SUBMIT);
        String path = send("POST", "/v1/files?name=secret", gina, "plans").header("Location");
        assertThat(get(path, gina).body()).isEqualTo("plans");
        assertThat(get(path, key("hans", Role.SUBMIT)).text("/error_code")).isEqualTo("FILE_NOT_FOUND");
        String job =
                "{\"tool\": \"reader\", \"params\": {\"file\": \"" + path.substring(path.lastIndexOf('/') + 1) + "\"}}";
        Answer refused = submit(key("hans", Role.SUBMIT), job);
        assertThat(refused.text("/error_code")).isEqualTo("UNKNOWN_FILE");
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/params/file");
        assertThat(submit(gina, job).status()).isEqualTo(201);
        assertThat(submit(key("a third operator", Role.OPERATE), job).status()).isEqualTo(201);
        assertThat(get(path, key("a third operator", Role.OPERATE)).body()).isEqualTo("plans");
        String hers = submit(key("hanna", Role.SUBMIT), "{\"tool\": \"echo\"}").text("/job_id");
        SERVER.jdbi()
                .useHandle(handle -> handle.createUpdate("""
                        INSERT INTO job_files (job_id, attempt, name, file_id) VALUES (:job, 0, '/file', :file)""")
                        .bind("job", UUID.fromString(hers))
                        .bind("file", UUID.fromString(path.substring(path.lastIndexOf('/') + 1)))
                        .execute());
        assertThat(get(path, key("hanna", Role.SUBMIT)).body())
                .as("the file of a job of one's own")
                .isEqualTo("plans");
    }

    @Test
    void aReplayIsAnsweredAfterWhatItNamesWasRemoved() {
        for (String key : List.of(key("kurt", Role.SUBMIT), key("an operator of kurt", Role.OPERATE))) {
            String first = submit(key, "{\"tool\": \"echo\"}").text("/job_id");
            String file = send("POST", "/v1/files?name=a", key, "a").text("/file_id");
            String after = "{\"tool\": \"echo\", \"after\": [\"" + first + "\"], \"idempotency_key\": \"after\"}";
            String reads =
                    "{\"tool\": \"reader\", \"params\": {\"file\": \"" + file + "\"}, \"idempotency_key\": \"reads\"}";
            List<String> ids = List.of(
                    submit(key, after).text("/job_id"), submit(key, reads).text("/job_id"));
            SERVER.jdbi().useHandle(handle -> {
                handle.execute("DELETE FROM job_files WHERE file_id = ?", UUID.fromString(file));
                handle.execute("DELETE FROM files WHERE id = ?", UUID.fromString(file));
                handle.execute("DELETE FROM jobs WHERE id = ?", UUID.fromString(first));
            });
            for (String body : List.of(after, reads)) {
                Answer again = submit(key, body);
                assertThat(again.status()).as(again.body()).isEqualTo(200);
                assertThat(ids).contains(again.text("/job_id"));
                assertThat(submit(key, body.replace("{\"tool", "{\"priority\": 1, \"tool"))
                                .status())
                        .as("another payload")
                        .isEqualTo(422);
            }
            Answer batch = send("POST", "/v1/jobs/batch", key, "{\"jobs\": [" + after + ", " + reads + "]}");
            assertThat(batch.text("/replayed")).as(batch.body()).isEqualTo("2");
            assertThat(batch.json("/results").findValuesAsText("job_id")).containsExactlyElementsOf(ids);
        }
    }

    @Test
    void jobsOfAScheduleBelongToItsOwner() {
        String otto = key("otto", Role.OPERATE);
        String schedule = send(
                        "POST",
                        "/v1/schedules",
                        otto,
                        "{\"name\": \"nightly\", \"tool\": \"echo\", \"cron\": \"0 3 * * *\"}")
                .text("/schedule_id");
        String path = "/v1/schedules/" + schedule;
        String other = key("paula", Role.OPERATE);
        assertThat(send("PATCH", path, other, "{\"cron\": \"0 4 * * *\"}").status())
                .isEqualTo(200);
        String job = send("POST", path + "/run", other, "").text("/job_id");
        assertThat(get("/v1/jobs/" + job, key("otto", Role.READ)).status()).isEqualTo(200);
        assertThat(get("/v1/jobs/" + job, key("paula", Role.READ)).status()).isEqualTo(404);
        assertThat(get(path + "/jobs", key("otto", Role.READ)).text("/total")).isEqualTo("1");
    }

    @Test
    void theOwnerIsStored() {
        String job = submit(key("frida", Role.SUBMIT), "{\"tool\": \"echo\"}").text("/job_id");
        String stored = SERVER.jdbi()
                .withHandle(
                        handle -> handle.createQuery("SELECT principal || ' ' || fairness_key FROM jobs WHERE id = :id")
                                .bind("id", UUID.fromString(job))
                                .mapTo(String.class)
                                .one());
        assertThat(stored).isEqualTo("frida frida");
    }

    private static List<RegisteredTool> tools() {
        RegisteredTool reader = TestTools.one("""
                - type: command
                  name: reader
                  command: [cat, "{file}"]
                  params: {type: object, properties: {file: {type: string, format: longhaul-file}}}
                """);
        return Stream.concat(BuiltIn.tools().stream(), Stream.of(reader)).toList();
    }

    private static String key(String name, Role role) {
        ApiKey key = ApiKey.random();
        SERVER.jdbi()
                .useExtension(
                        KeyStatements.class, keys -> keys.create(key.id(), name, key.hash(), role.word(), null, null));
        return key.reveal();
    }

    private static Answer submit(String key, String body) {
        return send("POST", "/v1/jobs", key, body);
    }

    private static Answer get(String path, String key) {
        return send("GET", path, key, "");
    }

    private static Answer send(String method, String path, String key, String body) {
        return SERVER.send(SERVER.request(path)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }
}
