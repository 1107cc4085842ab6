package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.checkpoints.AttemptedJob;
import io.longhaul.checkpoints.StoredCheckpoints;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.http.StandIn;
import io.longhaul.tools.mcp.LiveServer;
import io.longhaul.tools.mcp.StandInEndpoint;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs whose work goes on at another server while their node is lost, or stops. */
class LostWorkTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @Test
    void anotherNodeFollowsTheTaskOfAnMcpServer() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer lost = new LiveServer("url: '" + endpoint.url() + "'", checkpoints()).awaitTools();
                LiveServer next = new LiveServer("url: '" + endpoint.url() + "'", checkpoints()).awaitTools()) {
            endpoint.tools.holding = true;
            survives(lost.tool("s.research"), next.tool("s.research"), () -> endpoint.tools.holding = false);
            assertThat(endpoint.tools.begunTasks).hasValue(1);
            assertThat(endpoint.tools.cancelledTasks).hasValue(0);
        }
    }

    @Test
    void anotherNodeFollowsTheWorkOfAnHttpServer() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger stopped = new AtomicInteger();
        AtomicInteger status = new AtomicInteger(202);
        try (StandIn server = standIn(begun, stopped, status)) {
            survives(polling(server), polling(server), () -> status.set(200));
            assertThat(begun).hasValue(1);
            assertThat(stopped).hasValue(0);
        }
    }

    @Test
    void aNodeThatStopsLeavesTheTaskToTheNextOne() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer stopping = new LiveServer("url: '" + endpoint.url() + "'", checkpoints()).awaitTools();
                LiveServer next = new LiveServer("url: '" + endpoint.url() + "'", checkpoints()).awaitTools()) {
            endpoint.tools.holding = true;
            isHandedOver(stopping.tool("s.research"), next.tool("s.research"), () -> endpoint.tools.holding = false);
            assertThat(endpoint.tools.begunTasks).hasValue(1);
            assertThat(endpoint.tools.cancelledTasks).hasValue(0);
        }
    }

    @Test
    void aNodeThatStopsLeavesAnHttpServersWorkToTheNextOne() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger stopped = new AtomicInteger();
        AtomicInteger status = new AtomicInteger(202);
        try (StandIn server = standIn(begun, stopped, status)) {
            isHandedOver(polling(server), polling(server), () -> status.set(200));
            assertThat(begun).hasValue(1);
            assertThat(stopped).hasValue(0);
        }
    }

    /** Also of a job that must not run twice: nothing is done twice. */
    private static void isHandedOver(RegisteredTool stopping, RegisteredTool next, Runnable done) {
        UUID id = JOBS.pending(stopping.description().name());
        JOBS.update("UPDATE jobs SET max_losses = 0 WHERE id = ?", id);
        AttemptedJob job = new AttemptedJob(JOBS, id);
        try (TestNode one = new TestNode(DATABASE, TestNode.configured(16, Duration.ofMillis(100)), stopping)) {
            Await.until("the work can be found again", () -> job.isKeptBy(1));
            assertThat(one.workers.running()).isEqualTo(1);
        }
        try (TestNode two = new TestNode(DATABASE, next)) {
            Await.until("the second goes on with it", () -> job.isKeptBy(2));
            done.run();
            Await.until("it is completed", () -> JOBS.job(id).status() == JobStatus.COMPLETED);
            assertThat(two.telemetry.started).hasSize(1);
        }
        assertThat(JOBS.job(id).attempt()).isEqualTo(2);
        assertThat(job.isKept()).isFalse();
    }

    private static StandIn standIn(AtomicInteger begun, AtomicInteger stopped, AtomicInteger status) {
        return new StandIn()
                .on("/start", (request, exchange) -> exchange.json(202, "{\"id\": " + begun.incrementAndGet() + "}"))
                .on("/jobs/1", (request, exchange) -> {
                    stopped.addAndGet(request.method().equals("DELETE") ? 1 : 0);
                    exchange.json(status.get(), "{}");
                });
    }

    private static RegisteredTool polling(StandIn server) {
        ToolContext toolContext = new ToolContext();
        toolContext.useCheckpoints(checkpoints());
        return TestTools.one(
                "[{type: http, name: poll, method: POST, url: '" + server.url()
                        + "/start', poll: {url: '/jobs/{answer.id}', interval: 20ms}, cancel: {url: '/jobs/{answer.id}'}}]",
                toolContext);
    }

    /** Gives a node up while the work goes on; when it notices, another node has its job. */
    private static void survives(RegisteredTool lost, RegisteredTool next, Runnable done) {
        UUID id = JOBS.pending(lost.description().name());
        AttemptedJob job = new AttemptedJob(JOBS, id);
        try (TestNode one = new TestNode(DATABASE, lost)) {
            Await.until("the work can be found again", () -> job.isKeptBy(1));
            one.mayClaim = false;
            try (TestNode two = new TestNode(DATABASE, next)) {
                long node = one.telemetry.registered.get(0);
                Await.until("the first node is given up", () -> {
                    JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s' WHERE id = ?", node);
                    JOBS.transitions().rescue(10, null);
                    return JOBS.count("SELECT count(*) FROM job_attempts WHERE error_code = 'WORKER_LOST'") == 1;
                });
                Await.until("the first node has stopped its call", () -> one.workers.running() == 0);
                Await.until("the second goes on with it", () -> job.isKeptBy(2));
                done.run();
                Await.until("it is completed", () -> JOBS.job(id).status() == JobStatus.COMPLETED);
                assertThat(two.telemetry.started).hasSize(1);
            }
        }
        assertThat(JOBS.job(id).attempt()).isEqualTo(2);
        assertThat(job.isKept()).isFalse();
    }

    private static Checkpoints checkpoints() {
        return new StoredCheckpoints(JOBS.jdbi());
    }
}
