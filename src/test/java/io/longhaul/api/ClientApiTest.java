package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.cli.remote.RemoteCommands;
import io.longhaul.client.BatchResult;
import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.JobEvents;
import io.longhaul.client.JobFilter;
import io.longhaul.client.JobRequest;
import io.longhaul.client.JobStatus;
import io.longhaul.client.LogLine;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import io.longhaul.client.Operation;
import io.longhaul.client.OperationRequest;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Java client and the command line against the real API. */
class ClientApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private static LonghaulClient client;

    @BeforeAll
    static void open() {
        client = LonghaulClient.of(url());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static String url() {
        return "http://127.0.0.1:" + SERVER.port() + "/";
    }

    private static Job submitted(Object params) {
        return client.submit(JobRequest.of("echo", params));
    }

    private static void complete(Job job, String result) {
        SERVER.worker().complete(SERVER.worker().claim(job.id().toString()), result);
    }

    @Test
    void aJobIsSubmittedOnceAndAwaited() throws Exception {
        JobRequest request = JobRequest.of("echo", Map.of("n", 3))
                .idempotencyKey("client-1")
                .priority(4)
                .timeout(Duration.ofMinutes(2))
                .maxAttempts(2)
                .keptFor(Duration.ofHours(5));
        Job job = client.submit(request);
        assertThat(client.submit(request).id()).isEqualTo(job.id());
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.params().toString()).isEqualTo("{\"n\":3}");
        assertThat(job.json().path("priority").intValue()).isEqualTo(4);
        assertThat(job.json().path("timeout_seconds").intValue()).isEqualTo(120);
        assertThat(job.json().path("max_attempts").intValue()).isEqualTo(2);
        assertThat(client.await(job.id(), Duration.ofMillis(200)).status()).isEqualTo(JobStatus.PENDING);

        CompletableFuture<Job> ended = CompletableFuture.supplyAsync(() -> client.await(job.id(), ApiServer.PATIENCE));
        complete(job, "{\"sum\": 1.50}");

        Job done = ended.get(60, TimeUnit.SECONDS);
        assertThat(done.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(done.result().toString()).isEqualTo("{\"sum\":1.50}");
        assertThat(done.resultAs(Sum.class)).isEqualTo(new Sum(1.5));
        assertThat(done.completedAt()).isAfterOrEqualTo(done.createdAt());
    }

    @Test
    void twoSubmitsWithoutAKeyAreTwoJobs() {
        JobRequest request = JobRequest.of("echo");
        assertThat(client.submit(request).id())
                .isNotEqualTo(client.submit(request).id());
    }

    @Test
    void theEventsOfAJobEndWithIt() {
        Job job = submitted(Map.of());
        ClaimedJob claimed = SERVER.worker().claim(job.id().toString());
        SERVER.worker().showRunning(claimed);
        SERVER.worker().log(claimed, "one", "two");
        SERVER.worker().complete(claimed, "1");
        List<JobEvent> told = new ArrayList<>();
        String last;
        try (JobEvents events = client.events(job.id())) {
            events.forEachRemaining(told::add);
            last = events.lastEventId();
        }
        assertThat(told)
                .filteredOn(JobEvent.Logged.class::isInstance)
                .extracting(e -> ((JobEvent.Logged) e).line().line())
                .containsExactly("one", "two");
        assertThat(told).last().isEqualTo(new JobEvent.End(job.id()));
        assertThat(told.get(told.size() - 2))
                .isInstanceOfSatisfying(
                        JobEvent.State.class, s -> assertThat(s.job().status()).isEqualTo(JobStatus.COMPLETED));
        assertThat(client.logs(job.id())).extracting(LogLine::line).containsExactly("one", "two");
        try (JobEvents again = client.events(job.id(), last)) {
            assertThat(again.hasNext() && again.next() instanceof JobEvent.Logged)
                    .isFalse();
        }
    }

    @Test
    void aStreamOfAllJobsCanBeClosedDuringARead() throws Exception {
        JobEvents events = client.events(JobFilter.ALL.tool("sleep"), null);
        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(events::hasNext);
        events.close();
        assertThat(more.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void listsContinueFromPageToPage() {
        BatchResult batch = client.batch(java.util.stream.IntStream.range(0, 7)
                .mapToObj(i -> JobRequest.of("echo", Map.of("i", i)))
                .toList());
        assertThat(batch.created()).isEqualTo(7);
        assertThat(client.list(JobFilter.ALL.batch(batch.batchId()).with("limit", "3")))
                .extracting(Job::id)
                .containsExactlyInAnyOrderElementsOf(
                        batch.items().stream().map(item -> item.job().id()).toList());
        assertThat(client.list(JobFilter.ALL.batch(batch.batchId()).status(JobStatus.FAILED, JobStatus.CANCELLED)))
                .isEmpty();
    }

    @Test
    void aBatchThatIsNotAtomicReportsTheErrorsOfEachJob() {
        BatchResult batch = client.batch(List.of(JobRequest.of("echo"), JobRequest.of("nobody")), false);
        assertThat(batch.rejected()).isEqualTo(1);
        assertThat(batch.items().get(0).job()).isNotNull();
        assertThat(batch.items().get(1).errorCode()).isEqualTo("UNKNOWN_TOOL");
    }

    @Test
    void aJobIsCancelledAndRepeated() {
        Job job = submitted(Map.of("n", 1));
        LonghaulException refused = catchThrowableOfType(LonghaulException.class, () -> client.retry(job.id()));
        assertThat(refused.errorCode()).isEqualTo("JOB_NOT_FINISHED");
        assertThat(client.cancel(job.id())).isTrue();
        assertThat(client.cancel(job.id())).isTrue();
        Job again = client.retry(job.id());
        assertThat(again.id()).isNotEqualTo(job.id());
        assertThat(again.params()).isEqualTo(job.params());
        complete(again, "1");
        assertThat(client.cancel(again.id())).isFalse();
    }

    @Test
    void refusalsAreTypedExceptions() {
        LonghaulException missing = catchThrowableOfType(LonghaulException.class, () -> client.get(UUID.randomUUID()));
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.errorCode()).isEqualTo("JOB_NOT_FOUND");
        assertThat(missing.traceId()).hasSize(32);
        LonghaulException wrong = catchThrowableOfType(
                LonghaulException.class,
                () -> client.submit(JobRequest.of("echo").priority(11)));
        assertThat(wrong.errors())
                .extracting(LonghaulException.FieldError::pointer)
                .containsExactly("/priority");
    }

    /** A program's own type for a result. */
    private record Sum(double sum) {}

    /** A run of the command line. */
    private record Ran(int exit, String out, String err) {
        UUID id() {
            return UUID.fromString(out.strip());
        }
    }

    private static Ran job(String... words) {
        return jobReading("", words);
    }

    private static Ran jobReading(String in, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = command(in, new PrintStream(out, false, StandardCharsets.UTF_8), err)
                .run(Stream.concat(Stream.of("job"), Stream.of(words)).toList());
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static RemoteCommands command(String in, PrintStream out, ByteArrayOutputStream err) {
        return new RemoteCommands(
                Map.of("LONGHAUL_URL", url()),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void theCommandLineSubmitsItsArguments() {
        Ran ran = jobReading(
                "{\"a\": 1, \"b\": 1.50}",
                "submit",
                "echo",
                "b=2.50",
                "--params",
                "-",
                "name=x = y",
                "deep={\"z\": [1]}",
                "digits=\"007\"",
                "--priority=3",
                "--idempotency-key",
                "line-1");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        Job job = client.get(ran.id());
        assertThat(job.params().toString())
                .isEqualTo("{\"a\":1,\"b\":2.50,\"deep\":{\"z\":[1]},\"name\":\"x = y\",\"digits\":\"007\"}");
        assertThat(job.json().path("priority").intValue()).isEqualTo(3);
        assertThat(job("get", ran.id().toString()).out()).contains("status     pending\n", "tool       echo\n", "name");
        assertThat(job("get", ran.id().toString(), "--json").out()).startsWith("{\"job_id\":\"" + ran.id());
    }

    @Test
    void theCommandLineWaitsAndItsExitCodeShowsTheEnd() {
        Job good = submitted(Map.of());
        Job open = submitted(Map.of());
        complete(good, "\"all \\u001b[31m well\"");
        Job failed = client.submit(JobRequest.of("echo"));
        SERVER.worker().fail(SERVER.worker().claim(failed.id().toString()), "TOOL_ERROR", "no such file", null);

        assertThat(job("wait", good.id().toString())).isEqualTo(new Ran(0, "all \uFFFD[31m well\n", ""));
        assertThat(job("wait", failed.id().toString()))
                .isEqualTo(new Ran(1, "", "Job " + failed.id() + " is failed, TOOL_ERROR: no such file\n"));
        Ran late = job("wait", open.id().toString(), "100ms");
        assertThat(late.exit()).isEqualTo(3);
        assertThat(late.out()).isEmpty();
        assertThat(late.err()).contains("job wait " + open.id());
        assertThat(job("submit", "echo", "--wait", "100ms", "n=1").exit()).isEqualTo(3);
        assertThat(job("submit", "--wait=100ms", "echo", "--json").out()).contains("\"status\":\"pending\"");
    }

    @Test
    void theCommandLineListsLogsCancelsAndRepeats() {
        submitted(Map.of());
        Job job = submitted(Map.of("word", "x"));
        ClaimedJob claimed = SERVER.worker().claim(job.id().toString());
        SERVER.worker().log(claimed, "first", "sec\u001bond");
        Ran cancel = job("cancel", job.id().toString());
        assertThat(cancel).isEqualTo(new Ran(0, job.id() + " cancelled\n", ""));
        assertThat(job("list", "--status", "cancelled", "--tool=echo", "--since", "1h")
                        .out())
                .startsWith("JOB  ")
                .contains(job.id() + "  cancelled  20");
        assertThat(job("list", "--limit", "2", "--json").out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{"));
        assertThat(job("logs", job.id().toString(), "--raw").out()).isEqualTo("first\nsec\uFFFDond\n");
        assertThat(job("logs", "--follow", "--raw", job.id().toString()).out()).isEqualTo("first\nsec\uFFFDond\n");
        assertThat(job("logs", job.id().toString(), "--json").out()).contains("\"line\":\"first\"");
        assertThat(job("logs", job.id().toString(), "--search", "FIR").out()).endsWith("Z #1 first\n");
        assertThat(job("logs", job.id().toString(), "--search", "a", "--follow").err())
                .contains("leave out --follow");
        assertThat(job("events", job.id().toString()).out()).contains("log  first\n", job.id() + "  cancelled");
        assertThat(job("events", job.id().toString(), "--json").out()).contains("\"event\":\"end\"");
        Ran again = job("retry", job.id().toString());
        assertThat(client.get(again.id()).json().path("retry_of").textValue())
                .isEqualTo(job.id().toString());
    }

    @Test
    void theCommandLineReportsErrors() {
        assertRefused(job("dance"), "no \"dance\"", "submit, ");
        assertRefused(job("submit"), "TOOL");
        assertRefused(job("submit", "echo", "--colour", "red"), "Unknown option", "--colour");
        assertRefused(job("submit", "echo", "nothing"), "key=value");
        assertRefused(job("submit", "echo", "--params", "{"), "not JSON");
        assertRefused(job("submit", "echo", "--params", "@/no/such/file"), "/no/such/file");
        assertRefused(job("submit", "echo", "--priority", "high"), "--priority", "high");
        assertRefused(job("submit", "echo", "--priority", "11"), "priority must be");
        assertRefused(job("get", "7"), "36 characters");
        assertRefused(job("get", UUID.randomUUID().toString()), "not found");
        assertRefused(job("list", "--url", "localhost"), "http://127.0.0.1:8080");
        assertRefused(job("list", "--since", "yesterday"), "2026-01-31");
        Ran help = job("--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("submit", "answer", "logs");
    }

    private static void assertRefused(Ran ran, String... words) {
        assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("job").contains(words);
    }

    @Test
    void aReaderMayCloseAStreamEarly() {
        submitted(Map.of());
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream gone = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        assertThat(command("", gone, err).run(List.of("job", "list", "--json"))).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static Ran operation(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = command("", new PrintStream(out, false, StandardCharsets.UTF_8), err)
                .run(Stream.concat(Stream.of("operation"), Stream.of(words)).toList());
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theCommandLineCancelsAllThatMatch() {
        String batch = client.batch(List.of(JobRequest.of("echo"), JobRequest.of("ping")))
                .batchId()
                .toString();
        String[] create = {"create", "cancel", "--filter", "{\"tool\": \"echo\"}", "--batch", batch};
        assertThat(operation("create", "cancel", "--batch", batch, "--dry-run")).isEqualTo(new Ran(0, "2\n", ""));

        Ran begun = operation(create);
        assertThat(begun.err()).isEmpty();
        String id = begun.id().toString();
        assertThat(operation("show", id).out()).startsWith("cancel pending: 0 matched");
        SERVER.workOnOperations();
        assertThat(operation("show", id).out()).isEqualTo("cancel completed: 1 matched, 1 done, 0 skipped, 0 failed\n");
        assertThat(operation("outcomes", id).out()).contains("  done");
        assertThat(operation("outcomes", id, "--outcome", "failed").out()).isEmpty();
        assertThat(operation("list", "--limit", "1").out()).contains(id + "  cancel  completed");
        assertThat(operation("cancel", id, "--json").out()).contains("\"state\":\"completed\"");
        assertThat(client.operations().await(begun.id(), Duration.ofSeconds(5)).done())
                .isEqualTo(1);
        Operation again = client.operations()
                .begin(OperationRequest.retry(
                        JobFilter.ALL.status(JobStatus.CANCELLED).batch(UUID.fromString(batch))));
        SERVER.workOnOperations();
        assertThat(client.operations().outcomes(again.id()))
                .singleElement()
                .satisfies(job -> assertThat(client.get(job.newJobId()).tool()).isEqualTo("echo"));
    }

    @Test
    void theCommandLineSaysWhatIsWrongWithAnOperation() {
        assertThat(operation("create", "delete").err()).contains("[cancel, retry]");
        assertThat(operation("create", "cancel"))
                .satisfies(ran -> assertThat(ran.exit()).isEqualTo(2))
                .satisfies(ran -> assertThat(ran.err()).contains("all must be true"));
        assertThat(operation("create", "cancel", "--filter", "[]").err()).contains("--filter must be a JSON object");
        assertThat(operation("create", "cancel", "--tol", "x").err()).contains("'--tol'", "Did you mean --tool?");
        assertThat(operation("remove").err()).contains("there is no \"remove\": ");
        assertThat(operation("show", "x").err()).contains("is not an id");
        assertThat(operation("show", UUID.randomUUID().toString()).err()).contains("There is no operation");
        assertThat(operation("--help").out()).contains("create", "outcomes");
    }

    @Test
    void schedulesAreMadeRunPausedAndRemoved() {
        Map<String, Object> options = Map.of("time_zone", "Europe/Berlin", "overlap", "skip");
        JobRequest job = JobRequest.of("echo", Map.of("n", 1)).priority(4);
        JsonNode made = client.schedules().create("by the client", "30 3 * * 1-5", job, options);
        UUID id = UUID.fromString(made.path("schedule_id").textValue());

        Job run = client.schedules().run(id);
        assertThat(run.json().path("schedule_id").textValue()).isEqualTo(id.toString());
        assertThat(run.params().toString()).isEqualTo("{\"n\":1}");
        assertThat(client.schedules().pause(id).path("paused").booleanValue()).isTrue();
        assertThat(client.schedules().resume(id).path("paused").booleanValue()).isFalse();
        assertThat(client.schedules().get(id).path("time_zone").textValue()).isEqualTo("Europe/Berlin");
        assertThat(client.schedules().list())
                .extracting(each -> each.path("name").textValue())
                .contains("by the client");
        client.schedules().delete(id);
        assertThat(catchThrowableOfType(
                                LonghaulException.class,
                                () -> client.schedules().get(id))
                        .errorCode())
                .isEqualTo("SCHEDULE_NOT_FOUND");
    }

    @Test
    void webhooksAreMadePausedAndRemoved() {
        Map<String, Object> options = Map.of("events", List.of("job.completed"), "tools", List.of());
        JsonNode made = client.webhooks().create("https://example.org/hooks", options);
        UUID id = UUID.fromString(made.path("webhook_id").textValue());

        assertThat(made.path("secret").textValue()).startsWith("whsec_");
        assertThat(client.webhooks().pause(id).path("status").textValue()).isEqualTo("paused");
        assertThat(client.webhooks().resume(id).path("status").textValue()).isEqualTo("active");
        assertThat(client.webhooks().rotateSecret(id, 1).path("secret").textValue())
                .startsWith("whsec_")
                .isNotEqualTo(made.path("secret").textValue());
        assertThat(client.webhooks()
                        .update(id, Map.of("description", "of a test"))
                        .path("description")
                        .textValue())
                .isEqualTo("of a test");
        assertThat(client.webhooks().deliveries(id)).isEmpty();
        assertThat(client.webhooks().list())
                .extracting(each -> each.path("webhook_id").textValue())
                .contains(id.toString());
        client.webhooks().delete(id);
        assertThat(catchThrowableOfType(
                                LonghaulException.class, () -> client.webhooks().get(id))
                        .errorCode())
                .isEqualTo("WEBHOOK_NOT_FOUND");
    }
}
