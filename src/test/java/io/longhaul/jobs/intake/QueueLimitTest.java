package io.longhaul.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Backlog;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.QueueDepth;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QueueLimitTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static QueueLimit limit(Integer ofEcho, Integer ofAll) {
        return new QueueLimit(JOBS.jdbi(), tool -> tool.equals(TestJobs.TOOL) ? ofEcho : null, ofAll);
    }

    private static SubmissionRejected refusal(QueueLimit limit, Submission submission) {
        return catchThrowableOfType(SubmissionRejected.class, () -> limit.check(submission));
    }

    @Test
    void aFullQueueRefusesAndSaysHowDeepItIs() {
        JOBS.pendingMany(TestJobs.TOOL, 3);
        QueueLimit limit = limit(3, null);
        SubmissionRejected refused = refusal(limit, TestJobs.submission());
        assertThat(refused.reason()).isEqualTo(SubmissionRejected.Reason.QUEUE_FULL);
        assertThat(refused).hasMessageContaining("3 jobs wait");
        assertThat(refused.backlog().depth()).isEqualTo(3);
        assertThat(refused.backlog().expected()).isNull();
        assertThat(refused.backlog().untilFree()).isEqualTo(Duration.ofSeconds(5));
        assertThatCode(() -> limit.check(TestJobs.submission("other"))).doesNotThrowAnyException();
    }

    @Test
    void submissionsAreCountedBetweenTwoReads() throws SubmissionRejected {
        QueueLimit limit = limit(2, null);
        limit.check(TestJobs.submission());
        limit.check(TestJobs.submission());
        assertThat(refusal(limit, TestJobs.submission())).isNotNull();
    }

    @Test
    void thereIsRoomAgainOnceJobsHaveBegun() {
        JOBS.pendingMany(TestJobs.TOOL, 3);
        QueueLimit limit = limit(3, null);
        assertThat(refusal(limit, TestJobs.submission())).isNotNull();
        JOBS.update("DELETE FROM jobs");
        Await.until("there is room", () -> refusal(limit, TestJobs.submission()) == null);
    }

    /** As when the tools are read again. */
    @Test
    void aChangedLimitHoldsAtOnce() throws Exception {
        JOBS.pendingMany(TestJobs.TOOL, 5);
        AtomicInteger limit = new AtomicInteger(1);
        QueueLimit queue = new QueueLimit(JOBS.jdbi(), tool -> limit.get(), null);
        assertThat(refusal(queue, TestJobs.submission()).backlog().depth()).isEqualTo(1);
        limit.set(5);
        assertThat(refusal(queue, TestJobs.submission()).backlog().depth()).isEqualTo(5);
        limit.set(6);
        assertThat(refusal(queue, TestJobs.submission())).isNull();
        JOBS.pendingMany(TestJobs.TOOL, 1);
        limit.set(2);
        assertThat(refusal(queue, TestJobs.submission())).isNotNull();
        limit.set(6);
        assertThat(refusal(queue, TestJobs.submission())).isNotNull();
    }

    @Test
    void theQueueOfAllToolsCanBeLimited() {
        JOBS.pendingMany(TestJobs.TOOL, 2);
        JOBS.pendingMany("other", 2);
        assertThat(refusal(limit(null, 4), TestJobs.submission("third"))
                        .backlog()
                        .depth())
                .isEqualTo(4);
        assertThat(refusal(limit(null, 5), TestJobs.submission("third"))).isNull();
    }

    @Test
    void jobsThatWaitForTheirKeyCountAndThoseForLaterDoNot() {
        JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.enqueue(TestJobs.withKeys(TestJobs.TOOL, 0, Instant.now().plusSeconds(3600), null, null));
        JOBS.enqueue(TestJobs.withKeys(TestJobs.TOOL, 0, Instant.now().plusSeconds(3600), "k", null));
        QueueDepth depth = JOBS.jdbi().onDemand(QueueDepth.class);
        assertThat(depth.ofTool(TestJobs.TOOL, 10)).isEqualTo(1);
        JOBS.pending();
        assertThat(depth.ofTool(TestJobs.TOOL, 10)).isEqualTo(2);
        assertThat(depth.ofAll(10)).isEqualTo(2);
        assertThat(depth.ofTool(TestJobs.TOOL, 1)).isEqualTo(1);
    }

    @Test
    void theExpectedWaitFollowsTheRateOfRecentEnds() {
        JOBS.update("""
                INSERT INTO jobs (tool_name, status, trace_id, parameters, result, created_at, completed_at, expires_at)
                SELECT 'echo', 'completed', 'trace', '{}', '1', NOW() - INTERVAL '1 min', NOW() - n * INTERVAL '1 s',
                       NOW() + INTERVAL '1 day'
                FROM generate_series(1, 20) n
                """);
        JOBS.pendingMany(TestJobs.TOOL, 100);
        Backlog backlog = refusal(limit(100, null), TestJobs.submission()).backlog();
        assertThat(backlog.expected()).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(130));
        assertThat(backlog.untilFree()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(13));
        assertThat(refusal(limit(null, 100), TestJobs.submission()).backlog().expected())
                .isNotNull();
    }
}
