package io.longhaul.workers;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.GroupCommit;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.traces.Trace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What OpenTelemetry sees of jobs. */
class SpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";

    @RegisterExtension
    @Order(0)
    static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Queue<String> sent = new ConcurrentLinkedQueue<>();
    private final RegisteredTool tool = FakeTool.named(TestJobs.TOOL, call -> {
        sent.add(call.traceparent().orElse("none"));
        sent.add(Span.current().getSpanContext().getSpanId());
        if (call.paramsJson().contains("fail")) {
            throw new IllegalStateException("planted");
        }
        return FakeTool.done();
    });
    private GroupCommit group;
    private Intake intake;

    @BeforeEach
    void assemble() {
        group = new GroupCommit(JOBS.jdbi(), new JobSignals());
        group.start();
        intake = new Intake(JOBS.jdbi(), any -> {}, group, new JointCommit(JOBS.jdbi(), new JobSignals()));
    }

    @AfterEach
    void stop() {
        group.stop();
    }

    private static Submission submission(String params) {
        Trace caller = Trace.parse("00-" + TRACE + "-" + CALLER + "-01").orElseThrow();
        return TestJobs.submission(job -> {
                    job.params = params;
                    job.traceId = caller.traceId();
                })
                .under(caller.kept());
    }

    private void run(UUID... jobs) {
        try (TestNode node = new TestNode(DATABASE, tool)) {
            for (UUID job : jobs) {
                Await.until("it has ended", () -> JOBS.job(job).status().isFinal());
            }
        }
    }

    private static SpanData only(String name) {
        List<SpanData> all = all(name);
        assertThat(all).as(name).hasSize(1);
        return all.get(0);
    }

    private static List<SpanData> all(String name) {
        return TELEMETRY.getSpans().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    @Test
    void submitWaitAndAttemptContinueTheTraceOfTheCaller() throws Exception {
        UUID id = intake.begin(submission("{}"), ForkJoinPool.commonPool())
                .join()
                .job()
                .id();
        run(id);

        SpanData send = only("send echo");
        assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(send.getTraceId()).isEqualTo(TRACE);
        assertThat(send.getParentSpanId()).isEqualTo(CALLER);
        assertThat(send.getAttributes().get(stringKey("messaging.message.id"))).isEqualTo(id.toString());
        assertThat(send.getAttributes().get(stringKey("messaging.operation.type")))
                .isEqualTo("send");
        assertThat(JOBS.stored(id, "trace_span", String.class)).isEqualTo(send.getSpanId() + "-01");

        SpanData wait = only("wait echo");
        SpanData process = only("process echo");
        for (SpanData later : List.of(wait, process)) {
            assertThat(later.getTraceId()).isEqualTo(TRACE);
            assertThat(later.getParentSpanId()).isEqualTo(send.getSpanId());
            assertThat(later.getAttributes().get(stringKey("messaging.system"))).isEqualTo("longhaul");
            assertThat(later.getAttributes().get(stringKey("messaging.destination.name")))
                    .isEqualTo("echo");
            assertThat(later.getAttributes().get(stringKey("messaging.message.id")))
                    .isEqualTo(id.toString());
        }
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getAttributes().get(longKey("longhaul.job.attempt"))).isEqualTo(1);
        assertThat(process.getAttributes().get(stringKey("longhaul.job.outcome")))
                .isEqualTo("completed");
        assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(sent).containsExactly("00-" + TRACE + "-" + process.getSpanId() + "-01", process.getSpanId());
    }

    @Test
    void aFailedAttemptSaysWhyAndTheNextOneIsUnderTheSameSubmit() throws Exception {
        Submission twice = submission("{\"fail\": true}");
        UUID id = intake.submit(new Submission(
                        twice.tool(),
                        twice.params(),
                        twice.traceId(),
                        twice.ttl(),
                        0,
                        null,
                        2,
                        null,
                        null,
                        twice.extras().but(extras -> extras.retry = new JobExtras.Backoff(0L, 1.0, 0L, 0.0))))
                .job()
                .id();
        run(id);

        List<SpanData> attempts = all("process echo");
        assertThat(attempts).hasSize(2).allSatisfy(span -> {
            assertThat(span.getParentSpanId()).isEqualTo(only("send echo").getSpanId());
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getAttributes().get(stringKey("error.type"))).isEqualTo("TOOL_ERROR");
            assertThat(span.getEvents())
                    .singleElement()
                    .satisfies(event -> assertThat(event.getAttributes().get(stringKey("exception.message")))
                            .isEqualTo("planted"));
        });
        assertThat(attempts)
                .extracting(span -> span.getAttributes().get(stringKey("longhaul.job.outcome")))
                .containsExactly("retried", "failed");
    }

    @Test
    void aJobLinksToTheOneThatItRepeatsAndToThoseThatItComesAfter() throws Exception {
        UUID first = intake.submit(submission("{\"n\": 1}")).job().id();
        UUID second = intake.submit(submission("{\"n\": 2}")).job().id();
        List<String> earlier =
                all("send echo").stream().map(SpanData::getSpanId).toList();
        TELEMETRY.clearSpans();
        Submission later = TestJobs.submission(job -> {
            job.traceId = "0123456789abcdef0123456789abcdef";
            job.extras = JobExtras.of(extras -> {
                extras.retryOf = first;
                extras.after = List.of(second);
            });
        });
        intake.submitAll(List.of(later), UUID.randomUUID(), true);

        SpanData send = only("send echo");
        assertThat(send.getTraceId()).isNotEqualTo(TRACE);
        assertThat(send.getLinks())
                .extracting(LinkData::getSpanContext)
                .allSatisfy(context -> assertThat(context.getTraceId()).isEqualTo(TRACE))
                .extracting(context -> context.getSpanId())
                .containsExactlyInAnyOrderElementsOf(earlier);
    }

    @Test
    void aSubmitWithoutASpanAboveItBeginsTheTraceOfItsJob() throws Exception {
        UUID id = intake.submit(TestJobs.submission()).job().id();
        assertThat(only("send echo").getTraceId()).isEqualTo(JOBS.job(id).traceId());
    }
}
