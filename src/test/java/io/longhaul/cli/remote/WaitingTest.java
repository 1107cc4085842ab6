package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.client.JobRequest;
import io.longhaul.client.LonghaulClient;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.http.StandIn;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

/** What somebody sees of a job that goes on. */
class WaitingTest {
    private static final String CLEAR_LINE = "\r\u001B[K";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String in = "";
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private static String url() {
        return "http://127.0.0.1:" + SERVER.port();
    }

    private Shell shell(Terminals terminals) {
        return shell(terminals, seconds -> false);
    }

    private Shell shell(Terminals terminals, Shell.Watch watch) {
        return new Shell(
                Map.of("LONGHAUL_URL", url()),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Ansi.OFF,
                terminals,
                watch);
    }

    private CompletableFuture<Integer> run(Terminals terminals, String... words) {
        return CompletableFuture.supplyAsync(() -> new RemoteCommands(shell(terminals)).run(List.of(words)));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String submitted() {
        try (LonghaulClient client = LonghaulClient.builder(url()).build()) {
            return client.submit(JobRequest.of("echo")).id().toString();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job list --filter -",
                "job attempts ID",
                "job chain ID",
                "job deliveries ID",
                "job inputs ID",
                "file list ID",
                "schedule list",
                "webhook list",
                "tool list",
                "node list",
                "failure",
                "stats",
                "view",
                "view list",
                "operation list"
            })
    void everyListIsWatched(String words) {
        String job = submitted();
        int[] left = {1};
        in = "{\"tool\": \"echo\"}";
        Shell shell = shell(new Terminals(true, false), seconds -> left[0]-- > 0);
        List<String> command = List.of((words.replace("ID", job) + " --watch").split(" "));
        assertThat(new RemoteCommands(shell).run(command)).as(this::err).isZero();
        List<String> views = List.of(out().split("\u001B\\[H\u001B\\[2J", -1));
        assertThat(views).hasSize(3);
        assertThat(views.get(1).lines().count()).isEqualTo(views.get(2).lines().count());
        assertThat(err()).doesNotContain("--filter");
    }

    @Test
    void standardErrorDecidesWhetherThereIsABar() {
        String job = submitted();
        ClaimedJob claimed = SERVER.worker().claim(job);
        CompletableFuture<Integer> waits = run(new Terminals(false, true), "job", "wait", job);
        SERVER.worker().progress(claimed, 0.5, "half");
        Await.until("there is a bar", Duration.ofSeconds(30), () -> err().contains("[===========>"));
        SERVER.worker().complete(claimed, "1");
        assertThat(waits.join()).isZero();
        assertThat(err()).endsWith(CLEAR_LINE);
        assertThat(out()).isEqualTo("1\n");
    }

    @Test
    void theLinesBeforeAFailureAreSaidOnce() {
        String job = submitted();
        ClaimedJob claimed = SERVER.worker().claim(job);
        SERVER.worker().log(claimed, "no space");
        SERVER.worker().fail(claimed, "TOOL_ERROR", "The command exited with code 3: no space", null);
        assertThat(run(Terminals.NONE, "job", "wait", job).join()).isEqualTo(ExitCode.FAILED);
        assertThat(err())
                .containsOnlyOnce("no space")
                .endsWith(", TOOL_ERROR: The command exited with code 3; the lines of its log above say more\n");
        err.reset();
        assertThat(run(Terminals.NONE, "job", "wait", job, "--quiet").join()).isEqualTo(ExitCode.FAILED);
        assertThat(err()).endsWith("The command exited with code 3: no space\n");
    }

    @Test
    void aFileOfErrorsGetsNoEscapeCodes() {
        String job = submitted();
        ClaimedJob claimed = SERVER.worker().claim(job);
        CompletableFuture<Integer> waits = run(new Terminals(true, false), "job", "wait", job);
        SERVER.worker().progress(claimed, 0.5, "half");
        Await.until("the progress is shown", Duration.ofSeconds(30), () -> err().contains("half\n"));
        SERVER.worker().complete(claimed, "1");
        assertThat(waits.join()).isZero();
        assertThat(err()).doesNotContain("\u001B", "\r");
    }

    /** What the attempt before had done is not done any more. */
    @Test
    void aNewAttemptBeginsWithoutTheProgressOfTheOneBefore() {
        String job = submitted();
        CompletableFuture<Integer> waits = run(Terminals.NONE, "job", "wait", job);
        ClaimedJob first = SERVER.worker().claim(job);
        SERVER.worker().progress(first, 0.2, "step 1");
        Await.until("the progress is shown", Await.LONG, () -> err().contains("20 % step 1\n"));
        SERVER.worker().fail(first, "TOOL_ERROR", "no", 0L);
        SERVER.jdbi().useHandle(handle -> handle.execute("UPDATE jobs SET delayed = FALSE"));
        ClaimedJob second = SERVER.worker().claim(job);
        Await.until("the attempt is shown", Await.LONG, () -> err().contains("attempt 2 is running\n"));
        SERVER.worker().progress(second, 0.1, "step 0");
        Await.until("its progress is shown", Await.LONG, () -> err().contains("10 % step 0\n"));
        SERVER.worker().complete(second, "1");
        assertThat(waits.join()).isZero();
        assertThat(err().lines()).containsExactly("20 % step 1", "attempt 2 is running", "10 % step 0");
    }

    /** The bar is taken away for the line, and comes again below it. */
    @Test
    void aServerThatDoesNotAnswerIsSaidOnce() throws Exception {
        String id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        String state = "{\"job_id\": \"" + id + "\", \"tool\": \"echo\", \"status\": \"%s\","
                + " \"created_at\": \"2026-01-31T12:00:00Z\", \"attempt\": 1, \"result\": 1,"
                + " \"progress\": {\"fraction\": 0.5, \"message\": \"half\", \"updated_at\": \"2026-01-31T12:00:00Z\"}}";
        Deque<Integer> answers = new ArrayDeque<>(List.of(200, 503, 503, 503, 503, 503, 503));
        CountDownLatch ended = new CountDownLatch(1);
        try (StandIn server = new StandIn()) {
            server.on("/v1/jobs/", (request, exchange) -> {
                if (request.uri().endsWith("/events")) {
                    String event = "event: state\ndata: " + state.formatted("running") + "\n\n";
                    exchange.header("Content-Type", "text/event-stream").http().sendResponseHeaders(200, 0);
                    exchange.http().getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
                    exchange.http().getResponseBody().flush();
                    ended.await();
                    String end = "event: end\ndata: {\"job_id\": \"" + id + "\"}\n\n";
                    exchange.http().getResponseBody().write(end.getBytes(StandardCharsets.UTF_8));
                    return;
                }
                Await.until("the bar is shown", Await.LONG, () -> err().contains("half"));
                Integer status = answers.poll();
                if (status == null) {
                    ended.countDown();
                }
                exchange.json(status == null ? 200 : status, state.formatted(status == null ? "completed" : "running"));
            });
            run(new Terminals(true, true), "job", "wait", id, "--url", server.url())
                    .join();
        }
        assertThat(err())
                .containsOnlyOnce("half" + CLEAR_LINE + "The server answered 503. (Trying again for 10 minutes.)\n[")
                .containsOnlyOnce("Trying again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job submit echo --wait",
                "job retry 7c9e6679-7425-40de-944b-e07fc1f90ae7 --wait 1h",
                "job wait 7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "job logs 7c9e6679-7425-40de-944b-e07fc1f90ae7 --follow",
                "job events",
                "operation create cancel --all --wait",
                "file put pom.xml",
                "file get 7c9e6679-7425-40de-944b-e07fc1f90ae7 -o -"
            })
    void aWaitHasNoMorePatienceBeforeTheFirstAnswerThanOtherCommands(String words) {
        Shell shell = shell(Terminals.NONE);
        List<String> command = List.of((words + " --url http://127.0.0.1:1").split(" "));
        Thread runs = new Thread(() -> new RemoteCommands(shell).run(command));
        runs.setDaemon(true);
        runs.start();
        Await.until("the time is said", Await.LONG, () -> err().contains("Trying again for 15 seconds"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job submit echo --wait 900ms",
                "job wait 7c9e6679-7425-40de-944b-e07fc1f90ae7 900ms",
                "operation create cancel --all --wait 900ms"
            })
    void aLimitIsAlsoForTheTimeWithoutAServer(String words) {
        long began = System.nanoTime();
        List<String> command = List.of((words + " --url http://127.0.0.1:1").split(" "));
        assertThat(new RemoteCommands(shell(Terminals.NONE)).run(command)).isEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(12));
        assertThat(err()).contains("Is the server running").doesNotContain("It is not known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"job submit echo --wait 900ms", "operation create cancel --all --wait 900ms"})
    void aRequestThatMayHaveBeenTakenIsSentAgainWithItsKey(String words) {
        try (StandIn server = new StandIn()) {
            server.on("/v1", (request, exchange) -> exchange.http().close());
            List<String> command = List.of((words + " --url " + server.url()).split(" "));
            assertThat(new RemoteCommands(shell(Terminals.NONE)).run(command)).isEqualTo(3);
            StandIn.Request sent = server.requests().get(0);
            assertThat(err()).contains("It is not known whether the server took this.");
            String key = err().replaceAll("(?s).*--idempotency-key (\\S+).*", "$1");
            assertThat(sent.body() + sent.headers()).contains(key);
        }
    }

    @Test
    void whoeverEndsAWaitReadsHowToGoOnInsteadOfTheBar() {
        String job = submitted();
        ClaimedJob claimed = SERVER.worker().claim(job);
        Shell shell = shell(new Terminals(true, true));
        Waiting waiting = new Waiting(shell);
        try (LonghaulClient client = LonghaulClient.builder(url()).build()) {
            CompletableFuture<Integer> waits = CompletableFuture.supplyAsync(
                    () -> waiting.await(client, UUID.fromString(job), "", new Remote(shell)));
            SERVER.worker().progress(claimed, 0.5, "half");
            Await.until("the progress is shown", Duration.ofSeconds(30), () -> err().endsWith("half"));
            waiting.farewell(UUID.fromString(job), new Remote(shell));
            assertThat(err())
                    .contains(" half" + CLEAR_LINE + "The job goes on. ")
                    .endsWith("job cancel " + job + "\n");
            String said = err();
            SERVER.worker().log(claimed, "late");
            SERVER.worker().complete(claimed, "1");
            assertThat(waits.join()).isZero();
            assertThat(err()).isEqualTo(said);
        }
    }

    @Test
    void aLogIsFollowedThroughAllAttempts() {
        String job = submitted();
        CompletableFuture<Integer> follows = run(Terminals.NONE, "job", "logs", job, "--follow");
        ClaimedJob first = SERVER.worker().claim(job);
        SERVER.worker().log(first, "one");
        Await.until("the line is shown", Await.LONG, () -> out().contains("#1 one\n"));
        SERVER.worker().fail(first, "TOOL_ERROR", "no", 0L);
        SERVER.jdbi().useHandle(handle -> handle.execute("UPDATE jobs SET delayed = FALSE"));
        ClaimedJob second = SERVER.worker().claim(job);
        SERVER.worker().log(second, "two");
        SERVER.worker().complete(second, "1");
        assertThat(follows.join()).isZero();
        assertThat(out().lines().map(line -> line.replaceAll(".*Z ", ""))).containsExactly("#1 one", "#2 two");
    }
}
