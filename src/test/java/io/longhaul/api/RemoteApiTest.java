package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.http.Header;
import io.longhaul.jobs.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.workers.run.ResultMemory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of remote workers and their answers. */
class RemoteApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools()).withRemote();

    @Order(3)
    @RegisterExtension
    static final ApiServer OTHER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, tools()).withRemote();

    private static List<RegisteredTool> tools() {
        List<RegisteredTool> tools = new ArrayList<>(BuiltIn.tools());
        tools.addAll(TestTools.all("""
                - {type: remote, name: plain, version: "1.20"}
                - {type: remote, name: again, retry: {max_attempts: 2, backoff: 1h}}
                - {type: remote, name: released}
                - {type: remote, name: silent}
                - {type: remote, name: given-up}
                - {type: remote, name: foreign}
                - {type: remote, name: unheard}
                - {type: remote, name: two, concurrency: 2}
                - {type: remote, name: one-of-all, cluster_concurrency: 1}
                - {type: remote, name: slow-start, rate: {per_second: 0.001, burst: 2}}
                - {type: remote, name: quick, timeout: 300ms}
                - {type: remote, name: paused}
                - {type: remote, name: keyed}
                - {type: remote, name: elsewhere}
                - {type: remote, name: nobodys}
                - {type: remote, name: small, max_result: 1KiB}
                - {type: remote, name: large, max_result: 16MiB}
                - {type: remote, name: cancelled}
                - {type: remote, name: waiting}
                """));
        return tools;
    }

    private static String submit(String tool, String... members) {
        String more = members.length == 0 ? "" : ", " + String.join(", ", members);
        Answer answer = SERVER.post("/v1/jobs", "{\"tool\": \"" + tool + "\"" + more + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("/job_id");
    }

    /** A worker that a test controls. */
    private static final class Worker {
        private String token = "";
        private ApiServer server = SERVER;

        Answer post(String path, String body) {
            return token.isEmpty() ? server.post(path, body) : server.post(path, body, "Longhaul-Worker-Token", token);
        }

        Answer claim(String tool, int most, int wait) {
            Answer answer = post(
                    "/v1/workers/claim",
                    "{\"tools\": [\"" + tool + "\"], \"max\": " + most + ", \"wait\": " + wait
                            + ", \"name\": \"far\"}");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            token = answer.json("/worker_token").isMissingNode() ? token : answer.text("/worker_token");
            return answer;
        }

        JsonNode one(String tool) {
            return claim(tool, 1, 20).json("/jobs/0");
        }

        Answer heartbeat(int wait, JsonNode... jobs) {
            List<String> held = new ArrayList<>();
            for (JsonNode job : jobs) {
                held.add("{\"job_id\": \"" + job.path("job_id").asText() + "\", \"attempt\": " + job.path("attempt")
                        + "}");
            }
            return post("/v1/workers/heartbeat", "{\"jobs\": " + held + ", \"wait\": " + wait + "}");
        }

        Answer tell(JsonNode job, String what, String body) {
            return post(job.path("url").asText() + "/" + what, body);
        }

        long id() {
            return Long.parseLong(token.substring(0, token.indexOf('.')));
        }

        /** Acts as if the worker's lease had expired. */
        void lapse() {
            SERVER.jdbi()
                    .useHandle(
                            h -> h.execute("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s' WHERE id = ?", id()));
        }
    }

    private static Answer job(String id) {
        return SERVER.get("/v1/jobs/" + id);
    }

    @Test
    void aWorkerDoesAJob() {
        Worker worker = new Worker();
        String id = submit("plain", "\"params\": {\"n\": 1.50}");
        Answer claim = worker.claim("plain", 1, 20);
        JsonNode job = claim.json("/jobs/0");
        assertThat(job.path("job_id").asText()).isEqualTo(id);
        assertThat(job.path("params").toString()).isEqualTo("{\"n\":1.50}");
        assertThat(job.path("version").asText()).isEqualTo("1.20");
        assertThat(claim.json("/lease_seconds").intValue()).isEqualTo(9);
        Await.until(
                "the row shows that the job runs", () -> job(id).text("/status").equals("running"));
        assertThat(job(id).text("/node")).isEqualTo("far");
        assertThat(worker.tell(job, "progress", "{\"fraction\": 0.5, \"message\": \"half\"}")
                        .status())
                .isEqualTo(204);
        assertThat(worker.tell(job, "logs", "{\"lines\": [\"one\", \"zwei ä\"]}")
                        .status())
                .isEqualTo(204);
        assertThat(job(id).json("/progress/fraction").doubleValue()).isEqualTo(0.5);
        assertThat(SERVER.get("/v1/jobs/" + id + "/logs").json("/lines").findValuesAsText("line"))
                .containsExactly("one", "zwei ä");
        Answer end = worker.tell(job, "complete", "{\"result\": {\"n\": 2.50}}");
        assertThat(end.text("/status")).isEqualTo("completed");
        assertThat(job(id).text("/status")).isEqualTo("completed");
        assertThat(job(id).json("/result").toString()).isEqualTo("{\"n\":2.50}");
        assertThat(job(id).text("/tool_version")).isEqualTo("1.20");
        assertThat(job(id).text("/node")).isEqualTo("far");
    }

    @Test
    void aResultUnderAnotherNameIsWarnedOf() {
        Worker worker = new Worker();
        submit("plain");
        Answer end = worker.tell(worker.one("plain"), "complete", "{\"reslut\": 1}");
        assertThat(end.text("/status")).isEqualTo("completed");
        assertThat(end.text("/warnings/0/pointer")).isEqualTo("/reslut");
        assertThat(end.text("/warnings/0/message")).endsWith("did you mean result?");
        assertThat(end.header("Warning")).contains("did you mean result?");
    }

    @Test
    void aClaimWaitsForAJob() {
        Worker worker = new Worker();
        CompletableFuture<JsonNode> claim = CompletableFuture.supplyAsync(() -> worker.one("waiting"));
        assertThat(new Worker().claim("waiting", 1, 0).json("/jobs")).isEmpty();
        String id = submit("waiting");
        assertThat(claim.join().path("job_id").asText()).isEqualTo(id);
        assertThat(worker.claim("waiting", 1, 1).json("/jobs")).isEmpty();
    }

    @Test
    void anEndReportedTwiceIsAnsweredTwice() {
        Worker worker = new Worker();
        submit("plain");
        JsonNode job = worker.one("plain");
        assertThat(worker.tell(job, "complete", "{}").text("/status")).isEqualTo("completed");
        assertThat(worker.tell(job, "complete", "{}").text("/status")).isEqualTo("completed");
        submit("again");
        JsonNode failing = worker.one("again");
        assertThat(worker.tell(failing, "fail", "{\"message\": \"no\"}").text("/status"))
                .isEqualTo("retry");
        assertThat(worker.tell(failing, "fail", "{\"message\": \"no\"}").text("/status"))
                .isEqualTo("retry");
        submit("plain");
        JsonNode late = worker.one("plain");
        String timeout = "{\"error_code\": \"TIMEOUT\", \"message\": \"the scanner was silent\"}";
        assertThat(worker.tell(late, "fail", timeout).text("/status")).isEqualTo("failed");
        assertThat(worker.tell(late, "fail", timeout).text("/status")).isEqualTo("failed");
    }

    @Test
    void aFailureIsRetriedAccordingToTheToolsPolicy() {
        Worker worker = new Worker();
        String id = submit("again");
        Answer end =
                worker.tell(worker.one("again"), "fail", "{\"message\": \"not now\", \"error_code\": \"UNAVAILABLE\"}");
        assertThat(end.text("/status")).isEqualTo("retry");
        assertThat(job(id).text("/status")).isEqualTo("pending");
        assertThat(SERVER.get("/v1/jobs/" + id + "/attempts").body()).contains("UNAVAILABLE", "not now", "far");
        String other = submit("again");
        Answer hopeless = worker.tell(worker.one("again"), "fail", "{\"message\": \"never\", \"retryable\": false}");
        assertThat(hopeless.text("/status")).isEqualTo("failed");
        assertThat(job(other).text("/error_code")).isEqualTo("TOOL_ERROR");
    }

    @Test
    void aReleasedJobIsGivenToAnotherWorkerAtOnce() {
        Worker worker = new Worker();
        String id = submit("released");
        assertThat(worker.tell(worker.one("released"), "release", "{}").text("/status"))
                .isEqualTo("released");
        JsonNode again = new Worker().one("released");
        assertThat(again.path("job_id").asText()).isEqualTo(id);
        assertThat(again.path("attempt").intValue()).isEqualTo(2);
    }

    @Test
    void aSilentWorkersJobGoesToAnotherAndItCannotFinishIt() {
        Worker silent = new Worker();
        String id = submit("silent");
        JsonNode lost = silent.one("silent");
        silent.lapse();
        Worker other = new Worker();
        JsonNode rescued = other.one("silent");
        assertThat(rescued.path("job_id").asText()).isEqualTo(id);
        assertThat(rescued.path("attempt").intValue()).isEqualTo(2);
        for (String what : List.of("complete", "progress", "logs", "fail", "release")) {
            Answer late = silent.tell(
                    lost, what, "{\"fraction\": 1, \"message\": \"late\", \"lines\": [\"late\"], \"result\": 1}");
            assertThat(late.status()).as(what + late.body()).isEqualTo(409);
            assertThat(late.text("/error_code")).isEqualTo("LEASE_LOST");
        }
        assertThat(other.tell(rescued, "complete", "{\"result\": 2}").text("/status"))
                .isEqualTo("completed");
        assertThat(job(id).json("/result").intValue()).isEqualTo(2);
    }

    @Test
    void aWorkerWithALostLeaseStopsAndClaimsAgain() {
        Worker worker = new Worker();
        worker.claim("given-up", 1, 0);
        String before = worker.token;
        SERVER.jdbi().useHandle(h -> h.execute("DELETE FROM nodes WHERE id = ?", worker.id()));
        Answer late = worker.heartbeat(0);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("/error_code")).isEqualTo("LEASE_LOST");
        worker.claim("given-up", 1, 0);
        assertThat(worker.token).isNotEqualTo(before);
        assertThat(worker.heartbeat(0).status()).isEqualTo(200);
    }

    @Test
    void aPendingJobSaysWhyItWaits() {
        String id = submit("nobodys");
        assertThat(job(id).json("/waiting"))
                .hasToString("{\"reason\":\"TOOL_NOT_OFFERED\",\"message\":"
                        + "\"No live worker has tool \\\"nobodys\\\".\",\"jobs\":[]}");
        Worker worker = new Worker();
        JsonNode job = worker.one("nobodys");
        assertThat(job(id).json("/waiting").isMissingNode()).isTrue();
        String second = submit("nobodys");
        assertThat(job(second).text("/waiting/message"))
                .isEqualTo("It is the next job of tool \"nobodys\", and waits for a free slot of a node.");
        Answer paused = SERVER.post("/v1/tools/nobodys/pause", "{\"reason\": \"new machine\"}");
        assertThat(job(second).text("/waiting/reason")).isEqualTo("TOOL_PAUSED");
        assertThat(job(second).text("/waiting/message"))
                .isEqualTo("Tool \"nobodys\" has been paused since %s: new machine."
                        .formatted(Instant.parse(paused.text("/paused_at")).truncatedTo(ChronoUnit.SECONDS)));
        assertThat(worker.tell(job, "complete", "{}").status()).isEqualTo(200);
    }

    @Test
    void anyNodeAcceptsReports() {
        Worker worker = new Worker();
        String id = submit("elsewhere");
        JsonNode job = worker.one("elsewhere");
        worker.server = OTHER;
        assertThat(worker.heartbeat(0, job).json("/stop")).isEmpty();
        assertThat(worker.tell(job, "progress", "{\"fraction\": 0.5}").status()).isEqualTo(204);
        CompletableFuture<Answer> beat = CompletableFuture.supplyAsync(() -> worker.heartbeat(3, job));
        String second = submit("elsewhere");
        assertThat(worker.one("elsewhere").path("job_id").asText()).isEqualTo(second);
        assertThat(worker.tell(job, "complete", "{\"result\": 1}").text("/status"))
                .isEqualTo("completed");
        assertThat(job(id).text("/status")).isEqualTo("completed");
        assertThat(beat.join().status()).isEqualTo(200);
    }

    @Test
    void otherWorkersCannotReportOnAnAttempt() {
        Worker worker = new Worker();
        String id = submit("plain");
        JsonNode job = worker.one("plain");
        Worker other = new Worker();
        other.claim("foreign", 1, 0);
        assertThat(other.tell(job, "complete", "{}").status()).isEqualTo(409);
        Worker forger = new Worker();
        forger.token = worker.id() + "." + "x".repeat(32);
        assertThat(forger.tell(job, "complete", "{}").status()).isEqualTo(409);
        assertThat(forger.heartbeat(0).status()).isEqualTo(409);
        assertThat(new Worker().tell(job, "complete", "{}").status()).isEqualTo(409);
        assertThat(worker.tell(job, "complete", "{}").status()).isEqualTo(200);
        assertThat(job(id).text("/status")).isEqualTo("completed");
    }

    @Test
    void aWaitingHeartbeatReportsACancel() {
        Worker worker = new Worker();
        String id = submit("cancelled");
        JsonNode job = worker.one("cancelled");
        CompletableFuture<Answer> beat = CompletableFuture.supplyAsync(() -> worker.heartbeat(3, job));
        assertThat(beat).isNotDone();
        long begin = System.nanoTime();
        SERVER.delete("/v1/jobs/" + id);
        Answer told = beat.join();
        assertThat(told.text("/stop/0/job_id")).isEqualTo(id);
        assertThat(told.text("/stop/0/reason")).isEqualTo("CANCELLED");
        // Without the cancel the heartbeat would have waited three seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(2_500));
        assertThat(worker.tell(job, "complete", "{}").status()).isEqualTo(409);
    }

    @Test
    void theServerEndsAnAttemptThatTakesTooLong() {
        Worker worker = new Worker();
        String id = submit("quick");
        JsonNode job = worker.one("quick");
        assertThat(job.path("timeout_seconds").doubleValue()).isEqualTo(0.3);
        Answer told = worker.heartbeat(3, job);
        assertThat(told.text("/stop/0/reason")).isEqualTo("TIMEOUT");
        assertThat(job(id).text("/status")).isEqualTo("failed");
        assertThat(job(id).text("/error_code")).isEqualTo("TIMEOUT");
        assertThat(job(id).text("/error")).contains("300 ms");
        assertThat(worker.tell(job, "complete", "{}").status()).isEqualTo(409);
    }

    @Test
    void aJobWhoseClaimAnswerWasLostIsGivenBack() {
        Worker worker = new Worker();
        String id = submit("unheard");
        JsonNode heard = worker.one("unheard");
        assertThat(worker.heartbeat(0).status()).isEqualTo(200);
        assertThat(job(id).text("/status")).isEqualTo("running");
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE job_leases SET leased_at = leased_at - INTERVAL '10 s' WHERE node_id = ?",
                        worker.id()));
        assertThat(worker.heartbeat(0, heard).json("/stop")).isEmpty();
        assertThat(worker.heartbeat(0).status()).isEqualTo(200);
        assertThat(new Worker().one("unheard").path("job_id").asText()).isEqualTo(id);
    }

    @Test
    void aWorkerHoldsNoMoreJobsThanTheLimitOfTheTool() {
        Worker worker = new Worker();
        for (int i = 0; i < 4; i++) {
            submit("two");
        }
        JsonNode jobs = worker.claim("two", 10, 20).json("/jobs");
        assertThat(jobs).hasSize(2);
        assertThat(worker.claim("two", 10, 0).json("/jobs")).isEmpty();
        worker.tell(jobs.get(0), "complete", "{}");
        assertThat(worker.claim("two", 10, 20).json("/jobs")).hasSize(1);
        assertThat(new Worker().claim("two", 10, 20).json("/jobs")).hasSize(1);
    }

    @Test
    void limitsAcrossNodesHoldForWorkers() {
        Worker first = new Worker();
        submit("one-of-all");
        submit("one-of-all");
        JsonNode jobs = first.claim("one-of-all", 10, 20).json("/jobs");
        assertThat(jobs).hasSize(1);
        assertThat(new Worker().claim("one-of-all", 1, 0).json("/jobs")).isEmpty();
        first.tell(jobs.get(0), "complete", "{}");
        assertThat(new Worker().claim("one-of-all", 10, 20).json("/jobs")).hasSize(1);
        for (int i = 0; i < 3; i++) {
            submit("slow-start");
        }
        assertThat(first.claim("slow-start", 10, 20).json("/jobs")).hasSize(2);
        assertThat(first.claim("slow-start", 10, 0).json("/jobs")).isEmpty();
    }

    @Test
    void jobsOfAKeyTakeTurns() {
        Worker worker = new Worker();
        submit("keyed", "\"concurrency_key\": \"k\"");
        submit("keyed", "\"concurrency_key\": \"k\"");
        JsonNode jobs = worker.claim("keyed", 10, 20).json("/jobs");
        assertThat(jobs).hasSize(1);
        assertThat(worker.claim("keyed", 10, 0).json("/jobs")).isEmpty();
        worker.tell(jobs.get(0), "complete", "{}");
        assertThat(worker.claim("keyed", 10, 20).json("/jobs")).hasSize(1);
    }

    @Test
    void jobsOfAPausedToolAreNotClaimed() {
        Worker worker = new Worker();
        SERVER.post("/v1/tools/paused/pause", "{}");
        String id = submit("paused");
        assertThat(worker.claim("paused", 1, 0).json("/jobs")).isEmpty();
        SERVER.post("/v1/tools/paused/resume", "{}");
        assertThat(worker.one("paused").path("job_id").asText()).isEqualTo(id);
    }

    @Test
    void aResultThatCannotBeStoredFailsTheJob() {
        Worker worker = new Worker();
        String id = submit("small");
        Answer end = worker.tell(worker.one("small"), "complete", "{\"result\": \"" + "x".repeat(2_000) + "\"}");
        assertThat(end.status()).isEqualTo(200);
        assertThat(end.text("/error_code")).isEqualTo("RESULT_TOO_LARGE");
        assertThat(job(id).text("/error_code")).isEqualTo("RESULT_TOO_LARGE");
        submit("small");
        Answer wide = worker.tell(worker.one("small"), "complete", "{\"result\": [1e700, 1e-700]}");
        assertThat(wide.text("/error_code")).isEqualTo("RESULT_TOO_LARGE");
        for (String number : new String[] {"1e999999999", "1e200000", "7".repeat(150_000)}) {
            submit("plain");
            Answer long1 = worker.tell(worker.one("plain"), "complete", "{\"result\": [" + number + "]}");
            assertThat(long1.status()).isEqualTo(200);
            assertThat(long1.text("/error_code")).isEqualTo("TOOL_ERROR");
            assertThat(long1.text("/message")).contains("more digits than can be stored");
        }
        submit("plain");
        Answer deep =
                worker.tell(worker.one("plain"), "complete", "{\"result\": " + "[".repeat(600) + "]".repeat(600) + "}");
        assertThat(deep.status()).isEqualTo(200);
        assertThat(deep.text("/message")).contains("nested too deep");
        submit("small");
        Answer larger = worker.tell(worker.one("small"), "complete", "{\"result\": \"" + "x".repeat(5_000) + "\"}");
        assertThat(larger.text("/error_code")).isEqualTo("RESULT_TOO_LARGE");
    }

    @Test
    void aWorkerBringsItsToolsAlong() {
        Worker worker = new Worker();
        Answer known = worker.post("/v1/workers", """
                {"name": "gpu-1", "version": "7", "tools": [{"name": "fold", "version": "2.0", "description": "Folds.",
                  "params": {"type": "object", "required": ["sequence"]}, "retry": {"max_attempts": 2}},
                  {"name": "plain", "version": "9"}]}""");
        assertThat(known.status()).as(known.body()).isEqualTo(201);
        assertThat(known.text("/tools/0/defined_by")).isEqualTo("a remote worker");
        assertThat(known.text("/tools/1/defined_by")).endsWith(".yml:1");
        worker.token = known.text("/worker_token");
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"fold\", \"params\": {}}")
                        .status())
                .isEqualTo(422);
        String id = submit("fold", "\"params\": {\"sequence\": \"MKV\"}");
        worker.tell(worker.one("fold"), "complete", "{\"result\": 1}");
        assertThat(job(id).text("/tool_version")).isEqualTo("2.0");
        assertThat(job(id).text("/node")).isEqualTo("gpu-1");
        Await.until(
                "another node knows it, too",
                () -> OTHER.post("/v1/jobs", "{\"tool\": \"fold\", \"params\": {\"sequence\": 1}}")
                                .status()
                        == 201);
        String stored = SERVER.jdbi()
                .withHandle(h -> h.createQuery(
                                "SELECT string_agg(name, ' ') FROM remote_tools WHERE name IN ('fold', 'plain')")
                        .mapTo(String.class)
                        .one());
        assertThat(stored).isEqualTo("fold");
    }

    @Test
    void anEndlessSchemaIsRefusedBeforeItIsStored() {
        StringBuilder defs = new StringBuilder("\"d0\": {}");
        for (int i = 1; i <= 18; i++) {
            String ref = "{\"$ref\": \"#/$defs/d" + (i - 1) + "\"}";
            defs.append(", \"d" + i + "\": {\"allOf\": [" + ref + ", " + ref + "]}");
        }
        String schema = "{\"properties\": {\"a\": {\"$ref\": \"#/$defs/d18\"}}, \"$defs\": {" + defs + "}}";
        Worker worker = new Worker();
        Answer answer =
                worker.post("/v1/workers", "{\"tools\": [{\"name\": \"endless\", \"params\": " + schema + "}]}");
        assertInvalid(answer, "/tools/0");
        assertThat(answer.text("/errors/0/message"))
                .contains("needs more than 10000 steps to be held against an empty value");
        assertThat(SERVER.get("/v1/tools/endless").status()).isEqualTo(404);
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status()).isEqualTo(201);
    }

    /** Each tool has the largest allowed schema, and every node keeps it in memory. */
    @Test
    void toolsThatAreTooLargeForTheNodesAreRefused() {
        String values = IntStream.range(0, 45_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String tool = "{\"tools\": [{\"name\": \"%s\", \"params\": {\"enum\": [" + values + "]}}]}";
        Worker worker = new Worker();
        assertThat(worker.post("/v1/workers", tool.formatted("large-1")).status())
                .isEqualTo(201);
        assertThat(worker.post("/v1/workers", tool.formatted("large-2")).status())
                .isEqualTo(201);
        Answer third = worker.post("/v1/workers", tool.formatted("large-3"));
        assertInvalid(third, "/tools");
        assertThat(third.text("/errors/0/message"))
                .contains("more than 128 MiB", "say less in the schemas", "DELETE /v1/tools/NAME");
        assertThat(worker.post("/v1/workers", tool.formatted("large-1")).status())
                .isEqualTo(201);
        assertThat(SERVER.delete("/v1/tools/large-1?force=true").status()).isEqualTo(204);
        assertThat(worker.post("/v1/workers", tool.formatted("large-3")).status())
                .isEqualTo(201);
        SERVER.delete("/v1/tools/large-2?force=true");
        SERVER.delete("/v1/tools/large-3?force=true");
    }

    @Test
    void wrongWorkerRequestsAreReported() {
        Worker worker = new Worker();
        assertThat(worker.post("/v1/workers/claim", "{\"tools\": [\"nothing\"]}")
                        .text("/error_code"))
                .isEqualTo("UNKNOWN_TOOL");
        assertThat(worker.post("/v1/workers/claim", "{\"tools\": [\"ehco\"]}").text("/message"))
                .as("a node runs echo itself")
                .contains("There is no tool named ehco.")
                .doesNotContain("Did you mean");
        assertInvalid(worker.post("/v1/workers/claim", "{\"tools\": [\"echo\"]}"), "/tools/0");
        assertInvalid(worker.post("/v1/workers/claim", "{\"tools\": \"plain\"}"), "/tools");
        assertInvalid(worker.post("/v1/workers/claim", "{\"tools\": [\"plain\"], \"max\": 0}"), "/max");
        assertInvalid(worker.post("/v1/workers/claim", "{\"tools\": [\"plain\"], \"wait\": 31}"), "/wait");
        assertInvalid(worker.post("/v1/workers", "{\"tools\": [{\"name\": \"ä\"}]}"), "/tools/0");
        assertInvalid(worker.post("/v1/workers", "{\"tools\": [{\"name\": \"echo\"}]}"), "/tools/0");
        assertInvalid(
                worker.post("/v1/workers", "{\"tools\": [{\"name\": \"a\", \"type\": \"command\"}]}"), "/tools/0");
        assertInvalid(worker.post("/v1/workers", "{\"tools\": [{\"name\": \"a\", \"colour\": 1}]}"), "/tools/0");
        assertInvalid(worker.post("/v1/workers", "{\"tools\": [{\"name\": 1e-4}]}"), "/tools/0");
        assertInvalid(worker.post("/v1/workers", "{\"tools\": [{\"name\": \"d\"}, {\"name\": \"d\"}]}"), "/tools/1");
        Answer type = worker.post("/v1/workers", "{\"tools\": [{\"name\": \"a\", \"description\": []}]}");
        assertInvalid(type, "/tools/0");
        assertThat(type.text("/detail"))
                .contains("description: must be a text, and is a list")
                .doesNotContain("java");
        assertThat(worker.post("/v1/workers/claim", "{").status()).isEqualTo(400);
        submit("plain");
        JsonNode job = worker.one("plain");
        assertInvalid(worker.tell(job, "progress", "{}"), "/fraction");
        assertInvalid(worker.tell(job, "progress", "{\"fraction\": 2}"), "/fraction");
        assertInvalid(worker.tell(job, "logs", "{\"lines\": [1]}"), "/lines/0");
        assertInvalid(worker.tell(job, "fail", "{}"), "/message");
        assertInvalid(worker.tell(job, "fail", "{\"message\": \"x\", \"error_code\": \"X\"}"), "/error_code");
        assertInvalid(worker.post("/v1/workers/heartbeat", "{\"jobs\": [1]}"), "/jobs/0");
        assertThat(worker.post("/v1/workers/jobs/" + UUID.randomUUID() + "/attempts/1/complete", "{}")
                        .status())
                .isEqualTo(404);
        assertThat(worker.post("/v1/workers/jobs/none/attempts/1/complete", "{}")
                        .status())
                .isEqualTo(404);
        assertThat(worker.tell(job, "complete", "{\"result\"").status()).isEqualTo(400);
        assertThat(worker.tell(job, "complete", "{}").status()).isEqualTo(200);
    }

    private static void assertInvalid(Answer answer, String pointer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).as(answer.body()).isEqualTo(pointer);
    }

    @Test
    void anUnusedToolOfAWorkerCanBeRemoved() {
        Worker worker = new Worker();
        worker.token = worker.post("/v1/workers", "{\"name\": \"giver\", \"tools\": [{\"name\": \"given\"}]}")
                .text("/worker_token");
        String id = submit("given");
        Answer used = SERVER.delete("/v1/tools/given");
        assertThat(used.status()).isEqualTo(409);
        assertThat(used.text("/error_code")).isEqualTo("TOOL_IN_USE");
        assertThat(used.text("/message")).contains("giver", "1 job of it has", "force=true");
        SERVER.delete("/v1/jobs/" + id);
        assertThat(SERVER.delete("/v1/tools/given").text("/message"))
                .contains("giver")
                .doesNotContain("job of it");
        worker.lapse();
        assertThat(SERVER.delete("/v1/tools/given").status()).isEqualTo(204);
        assertThat(SERVER.get("/v1/tools/given").status()).isEqualTo(404);
        assertThat(SERVER.delete("/v1/tools/given").text("/error_code")).isEqualTo("TOOL_NOT_FOUND");
        Await.until(
                "the other node has forgotten it, too",
                () -> OTHER.get("/v1/tools/given").status() == 404);
    }

    @Test
    void jobsOfAToolRemovedByForceWaitForItsReturn() {
        String bring = "{\"name\": \"forced\", \"tools\": [{\"name\": \"forced\"}]}";
        new Worker().post("/v1/workers", bring);
        String id = submit("forced");
        assertThat(SERVER.delete("/v1/tools/forced?force=maybe").status()).isEqualTo(422);
        assertThat(SERVER.delete("/v1/tools/forced?force=true").status()).isEqualTo(204);
        assertThat(job(id).text("/status")).isEqualTo("pending");
        Worker next = new Worker();
        next.token = next.post("/v1/workers", bring).text("/worker_token");
        assertThat(next.one("forced").path("job_id").asText()).isEqualTo(id);
    }

    @Test
    void aToolOfTheConfigurationIsNotRemoved() {
        Answer answer = SERVER.delete("/v1/tools/echo?force=true");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("/error_code")).isEqualTo("TOOL_CONFIGURED");
        assertThat(SERVER.delete("/v1/tools/nobody").status()).isEqualTo(404);
    }

    @Test
    void aLargeResultThatArrivesSlowlyHoldsNoRoomOfOthers() throws Exception {
        Worker worker = new Worker();
        String id = submit("large");
        JsonNode job = worker.one("large");
        String body = "{\"result\": \"" + "y".repeat(14 << 20) + "\"}";
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            slow.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
            String head = "POST " + job.path("url").asText() + "/complete HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + Header.TOKEN + ": " + worker.token + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n";
            // More than connections hold: at the end of this the server reads the body.
            int sent = 13 << 20;
            slow.getOutputStream().write((head + body.substring(0, sent)).getBytes(StandardCharsets.US_ASCII));

            CompletableFuture<Integer> all = CompletableFuture.supplyAsync(RemoteApiTest::takeAllRoom);
            ResultMemory.OF_HEAP.give(all.get(20, TimeUnit.SECONDS));

            slow.getOutputStream().write(body.substring(sent).getBytes(StandardCharsets.US_ASCII));
            byte[] answer = slow.getInputStream().readNBytes(12);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
        assertThat(job(id).text("/result")).hasSize(14 << 20);
    }

    private static int takeAllRoom() {
        try {
            return ResultMemory.OF_HEAP.take(1L << 50);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
