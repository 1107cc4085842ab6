package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.Waiting;
import io.longhaul.jobs.reasons.WaitingReasons;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.questions.Answering;
import io.longhaul.questions.Answering.Verdict;
import io.longhaul.readiness.Condition;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.tools.spi.UnansweredException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools that ask for input while they work, on nodes that work as in a server. */
class InputTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final JsonNode YES_OR_NO = ParamsJson.parse(
            "{\"type\": \"object\", \"properties\": {\"yes\": {\"type\": \"boolean\"}}, \"required\": [\"yes\"]}");
    private static final JsonNode YES = ParamsJson.parse("{\"yes\": true}");
    private static final InputPolicy HELD = new InputPolicy(Duration.ofMinutes(5), Duration.ofMinutes(5));
    private static final InputPolicy RELEASED = new InputPolicy(Duration.ZERO, Duration.ofMinutes(5));

    /** The node whose parts hear of answers at once; others find them by polling. */
    private final JobSignals signals = new JobSignals();

    private final Answering answering = new Answering(JOBS.jdbi(), signals);

    private TestNode node(RegisteredTool tool) {
        TestNode node = new TestNode(DATABASE, tool);
        signals.onAnswered(node.signals::answered);
        signals.onClaimable(node.signals::claimable);
        return node;
    }

    private static RegisteredTool tool(InputPolicy input, FakeTool.Body body) {
        return tool(null, input, body);
    }

    private static RegisteredTool tool(Duration timeout, InputPolicy input, FakeTool.Body body) {
        ToolPolicy policy = new ToolPolicy(
                timeout,
                null,
                Retry.NEVER,
                OnWorkerLoss.RETRY,
                3,
                1 << 20,
                ToolLimits.NONE,
                null,
                McpPolicy.DEFAULT,
                input,
                null);
        return FakeTool.with("asks", policy, body);
    }

    private static ToolResult approved(ToolCall call) throws InterruptedException {
        Answer answer = call.ask(Question.of("approve", "May I?").answeredBy(YES_OR_NO));
        return new ToolResult.Success("{\"attempt\": " + call.attempt() + ", \"said\": " + answer.content() + "}");
    }

    private static void awaitQuestion(UUID id) {
        Await.until(
                "job " + id + " waits for input", () -> JOBS.job(id).inputs().anyOpen());
    }

    /** Of one look: between two it may have begun. */
    private static boolean isPendingAgain(Job job) {
        return job.status() == JobStatus.PENDING && job.attempt() > 0;
    }

    private static void awaitReleased(UUID id) {
        Await.until("job " + id + " waits without an attempt", () -> {
            Job job = JOBS.job(id);
            return job.inputs().anyOpen() && isPendingAgain(job);
        });
    }

    private static Job explained(UUID id) {
        return new WaitingReasons(JOBS.jdbi(), ToolRegistry.of(List.of()), () -> Condition.holds("schema", ""))
                .explained(JOBS.job(id), null);
    }

    private Verdict answer(UUID id, Answer answer) {
        return answering.answer(id, "approve", answer, null).orElseThrow().verdict();
    }

    private static Answer accepted(JsonNode content) {
        return new Answer(Answer.Action.ACCEPT, content);
    }

    @Test
    void aToolGetsTheAnswerAndGoesOn() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            awaitQuestion(id);
            assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.RUNNING);
            assertThat(answer(id, accepted(TextNode.valueOf("yes")))).isEqualTo(Verdict.WRONG);
            assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.TAKEN);
            assertThat(answer(id, accepted(YES))).as("the same again").isEqualTo(Verdict.TAKEN);
            Job job = JOBS.awaitEnd(id);
            assertThat(job.result()).isEqualTo("{\"said\": {\"yes\": true}, \"attempt\": 1}");
            assertThat(job.inputs().open()).isZero();
            assertThat(answer(id, new Answer(Answer.Action.DECLINE, null))).isEqualTo(Verdict.OTHER_ANSWER);
        }
    }

    @Test
    void aRefusalIsAnAnswerAndPollingFindsIt() {
        UUID id = JOBS.pending("asks");
        RegisteredTool tool = tool(
                HELD,
                call -> new ToolResult.Success(
                        "\"" + call.ask(Question.of("approve", "?")).action() + "\""));
        try (TestNode node = new TestNode(DATABASE, tool)) {
            awaitQuestion(id);
            assertThat(answer(id, new Answer(Answer.Action.DECLINE, null))).isEqualTo(Verdict.TAKEN);
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("\"DECLINE\"");
        }
    }

    @Test
    void ofTwoAnswersAtOnceOneIsTaken() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            awaitQuestion(id);
            List<Verdict> verdicts = Stream.of(true, false)
                    .map(yes -> CompletableFuture.supplyAsync(
                            () -> answer(id, accepted(ParamsJson.parse("{\"yes\": " + yes + "}")))))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(verdicts).containsExactlyInAnyOrder(Verdict.TAKEN, Verdict.OTHER_ANSWER);
        }
    }

    @Test
    void aLongWaitTakesNoSlotAndCountsAsNoFailure() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(RELEASED, InputTest::approved))) {
            awaitReleased(id);
            Await.until("the slot is free", () -> node.workers.running() == 0);
            Job waiting = explained(id);
            assertThat(waiting.attempt()).isEqualTo(1);
            assertThat(waiting.waiting().reason()).isEqualTo(Waiting.Reason.INPUT);
            assertThat(waiting.waiting().message()).isEqualTo("It waits for an answer to \"approve\".");
            assertThat(JOBS.stored(id, "failures", Integer.class)).isZero();
            assertThat(JOBS.stored(id, "losses", Integer.class)).isZero();
            assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.TAKEN);
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("{\"said\": {\"yes\": true}, \"attempt\": 2}");
            assertThat(JOBS.queries().failedAttempts(id))
                    .extracting(JobQueries.FailedAttempt::errorCode)
                    .containsExactly("WAITING_FOR_INPUT");
        }
    }

    @Test
    void aJobGoesOnWhenAllOfItsQuestionsAreAnswered() {
        UUID id = JOBS.pending("asks");
        RegisteredTool both = tool(RELEASED, call -> {
            CompletableFuture<Answer> first = call.asking(Question.of("approve", "First?"));
            CompletableFuture<Answer> second = call.asking(Question.of("second", "Second?"));
            return ToolResult.success(TextNode.valueOf(
                    first.get().content().asText() + second.get().content().asText()));
        });
        try (TestNode node = node(both)) {
            awaitReleased(id);
            Await.until("both are asked", () -> JOBS.job(id).inputs().open() == 2);
            assertThat(answer(id, accepted(TextNode.valueOf("a")))).isEqualTo(Verdict.TAKEN);
            assertThat(JOBS.stored(id, "delayed AND run_at > NOW()", Boolean.class))
                    .isTrue();
            assertThat(answering.answer(id, "second", accepted(TextNode.valueOf("b")), null))
                    .isPresent();
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("\"ab\"");
            assertThat(JOBS.stored(id, "run_at BETWEEN created_at AND started_at", Boolean.class))
                    .as("it waited for a worker from the last answer on")
                    .isTrue();
        }
    }

    @Test
    void aQuestionThatNobodyAnswersFailsItsJobAndSaysHowToAnswer() {
        UUID held = JOBS.pending("asks");
        UUID released = JOBS.pending("asks");
        AtomicInteger asked = new AtomicInteger();
        RegisteredTool impatient = tool(RELEASED, call -> {
            asked.incrementAndGet();
            return ToolResult.success(call.ask(Question.of("approve", "Quick?").within(Duration.ofSeconds(1)))
                    .content());
        });
        try (TestNode node = node(impatient)) {
            for (UUID id : List.of(held, released)) {
                Job job = JOBS.awaitEnd(id);
                assertThat(job.status()).isEqualTo(JobStatus.FAILED);
                assertThat(job.errorCode()).isEqualTo("UNANSWERED");
                assertThat(job.errorMessage())
                        .contains("\"approve\" within 1 s")
                        .contains("/inputs/approve");
                assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.JOB_ENDED);
            }
        }
        assertThat(asked).as("each once more, to hear that the time is over").hasValue(4);
    }

    @Test
    void aToolMayGoOnWithoutAnAnswer() {
        UUID id = JOBS.pending("asks");
        RegisteredTool decides = tool(HELD, call -> {
            try {
                return ToolResult.success(
                        call.ask(Question.of("approve", "Quick?").within(Duration.ofSeconds(1)))
                                .content());
            } catch (UnansweredException e) {
                return new ToolResult.Success("\"my own choice\"");
            }
        });
        try (TestNode node = node(decides)) {
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("\"my own choice\"");
        }
    }

    @Test
    void cancelEndsTheWait() throws Exception {
        UUID id = JOBS.pending("asks");
        CountDownLatch interrupted = new CountDownLatch(1);
        RegisteredTool tool = tool(HELD, call -> {
            try {
                return approved(call);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        try (TestNode node = node(tool)) {
            awaitQuestion(id);
            JOBS.cancel(id);
            node.signals.cancelled(List.of(id));
            interrupted.await();
            assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.JOB_ENDED);
            assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.CANCELLED);
            assertThat(JOBS.job(id).inputs().open()).isZero();
        }
    }

    @Test
    void theTimeOfAWaitDoesNotCount() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(Duration.ofMillis(700), HELD, InputTest::approved))) {
            awaitQuestion(id);
            UUID other = JOBS.pending("asks");
            awaitQuestion(other);
            // As long as nobody answers, time passes for nobody; this one was asked more than its timeout ago.
            Await.until(
                    "the timeout of the attempt would be over",
                    () -> JOBS.count("SELECT count(*) FROM job_inputs WHERE job_id = '" + id
                                    + "' AND asked_at < NOW() - INTERVAL '900 ms'")
                            == 1);
            answer(id, accepted(YES));
            answer(other, accepted(YES));
            assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(JOBS.awaitEnd(other).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void aNodeThatStopsLetsWaitingJobsGoAtOnceAndTheNextNodeDoesNotAskAgain() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            awaitQuestion(id);
        }
        assertThat(JOBS.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.TAKEN);
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("{\"said\": {\"yes\": true}, \"attempt\": 2}");
        }
        assertThat(JOBS.count("SELECT count(*) FROM job_inputs WHERE job_id = '" + id + "'"))
                .isEqualTo(1);
    }

    @Test
    void anAnswerThatComesWhenTheLeaseIsLostIsTheNextAttempts() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            awaitQuestion(id);
            // The lease is gone, and the node does not know yet.
            JOBS.jdbi().useHandle(handle -> handle.execute("DELETE FROM job_leases WHERE job_id = ?", id));
            JOBS.jdbi()
                    .useHandle(handle -> handle.execute(
                            "UPDATE jobs SET status = 'pending', attempt = 1, started_at = NULL WHERE id = ?", id));
            assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.TAKEN);
            assertThat(JOBS.awaitEnd(id).result()).isEqualTo("{\"said\": {\"yes\": true}, \"attempt\": 2}");
        }
    }

    @Test
    void anAnswerBeforeAnAttemptEndsToWaitIsNotMissed() {
        UUID id = JOBS.pending("asks");
        CountDownLatch answered = new CountDownLatch(1);
        // It is stopped because nobody has answered, and stops only when somebody has.
        RegisteredTool slow = tool(RELEASED, call -> {
            try {
                return approved(call);
            } catch (InterruptedException e) {
                answered.await();
                throw e;
            }
        });
        try (TestNode node = node(slow)) {
            awaitQuestion(id);
            assertThat(answer(id, accepted(YES))).isEqualTo(Verdict.TAKEN);
            answered.countDown();
            assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void anAttemptMayAskTheSameQuestionTwiceAtOnce() {
        UUID twice = JOBS.pending("asks");
        RegisteredTool tool = tool(HELD, call -> {
            CompletableFuture<Answer> reminded = call.asking(Question.of("approve", "May I?"));
            call.asking(Question.of("approve", "May I?")).get();
            return ToolResult.success(reminded.get().content());
        });
        try (TestNode node = node(tool)) {
            awaitQuestion(twice);
            UUID beside = JOBS.pending("asks");
            awaitQuestion(beside);
            for (UUID id : List.of(twice, beside)) {
                answer(id, accepted(YES));
                assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
            }
        }
    }

    @Test
    void aJobThatFailedWithAnOpenQuestionWaitsForItsRetry() {
        UUID id = JOBS.pending("asks");
        RegisteredTool failing = FakeTool.with(
                "asks",
                new ToolPolicy(
                        null,
                        null,
                        new Retry(2, Duration.ofHours(1), Duration.ofHours(1), 1, 0),
                        OnWorkerLoss.RETRY,
                        3,
                        1 << 20,
                        ToolLimits.NONE,
                        null,
                        McpPolicy.DEFAULT,
                        HELD,
                        null),
                call -> {
                    call.asking(Question.of("approve", "May I?"));
                    return ToolResult.failure(FailureKind.TOOL_ERROR, "the disk is full");
                });
        try (TestNode node = node(failing)) {
            Await.until("it waits for its retry", () -> isPendingAgain(JOBS.job(id)));
            assertThat(explained(id).waiting().reason()).isEqualTo(Waiting.Reason.RETRY);
        }
    }

    @Test
    void aWaitingJobWithAConcurrencyKeyLetsOthersInAndComesBackThroughTheGate() {
        UUID first = JOBS.enqueue(TestJobs.withKeys("asks", 0, null, "one at a time", null));
        try (TestNode node = node(tool(RELEASED, InputTest::approved))) {
            awaitReleased(first);
            UUID second = JOBS.enqueue(TestJobs.withKeys("asks", 0, null, "one at a time", null));
            awaitReleased(second);
            for (UUID id : List.of(first, second)) {
                answer(id, accepted(YES));
                assertThat(JOBS.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
            }
        }
    }

    @Test
    void questionsThatCannotBeAskedFailTheTool() {
        UUID id = JOBS.pending("asks");
        RegisteredTool wrong = tool(
                HELD,
                call -> ToolResult.success(
                        call.ask(Question.of("approve", "?").answeredBy(ParamsJson.parse("{\"type\": \"strange\"}")))
                                .content()));
        try (TestNode node = node(wrong)) {
            Job job = JOBS.awaitEnd(id);
            assertThat(job.errorCode()).isEqualTo("TOOL_ERROR");
            assertThat(job.errorMessage()).startsWith("The question \"approve\" cannot be asked: its schema is wrong");
        }
    }

    @Test
    void aJobAsksAHundredQuestionsAndNoMore() {
        UUID id = JOBS.pending("asks");
        RegisteredTool endless = tool(HELD, call -> {
            for (int i = 0; ; i++) {
                var unused = call.asking(Question.of("q" + i, "More?"));
            }
        });
        try (TestNode node = node(endless)) {
            assertThat(JOBS.awaitEnd(id).errorMessage()).contains("a job may ask 100 questions");
        }
    }

    @Test
    void questionsGoWithTheirJob() {
        UUID id = JOBS.pending("asks");
        try (TestNode node = node(tool(HELD, InputTest::approved))) {
            awaitQuestion(id);
            answer(id, accepted(YES));
            JOBS.awaitEnd(id);
        }
        JOBS.jdbi().useHandle(handle -> handle.execute("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 h'"));
        JOBS.deleteExpired(100);
        assertThat(JOBS.queries().find(id)).isEmpty();
        assertThat(JOBS.count("SELECT count(*) FROM job_inputs WHERE job_id = '" + id + "'"))
                .isZero();
    }
}
