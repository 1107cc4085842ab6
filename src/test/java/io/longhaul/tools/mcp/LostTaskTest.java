package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.checkpoints.AttemptedJob;
import io.longhaul.checkpoints.StoredCheckpoints;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.ToolResult;
import java.sql.SQLException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks whose attempt was lost, with two nodes that use the same server. */
final class LostTaskTest {
    private static final ToolResult RESEARCHED = new ToolResult.Success("\"researched\"");

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private AttemptedJob job;

    @BeforeEach
    void newJob() {
        job = new AttemptedJob(JOBS, JOBS.pending("s.research"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNextAttemptPollsTheTaskAndALateOneDoesNotCancelIt(boolean modern) throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(modern);
                LiveServer lost = node(endpoint);
                LiveServer next = node(endpoint)) {
            RecordedCall late = lostCall(endpoint, lost);
            RecordedCall second = call(next, 2);
            Await.until("the task was taken over", () -> job.isKeptBy(2));
            late.cancel();
            late.awaitEnd();
            endpoint.tools.holding = false;
            assertThat(second.await()).isEqualTo(RESEARCHED);
            assertThat(endpoint.tools.begunTasks).hasValue(1);
            assertThat(endpoint.tools.cancelledTasks).hasValue(0);
            assertThat(job.isKept()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTaskUnknownToItsServerIsStartedAgain(boolean modern) throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(modern);
                LiveServer lost = node(endpoint);
                LiveServer next = node(endpoint)) {
            RecordedCall late = lostCall(endpoint, lost);
            endpoint.tools.tasks.clear();
            late.awaitEnd();
            assertThat(job.isKeptBy(1))
                    .as("the server's word to a late attempt")
                    .isTrue();
            endpoint.tools.holding = false;
            assertThat(call(next, 2).await()).isEqualTo(RESEARCHED);
            assertThat(endpoint.tools.begunTasks).hasValue(2);
            assertThat(job.isKept()).isFalse();
        }
    }

    @Test
    void anAttemptAfterAFailureStartsTheWorkAgain() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer node = node(endpoint)) {
            endpoint.tools.failing = true;
            assertThat(((ToolResult.Failure) call(node, 1).await()).message()).contains("disk full");
            assertThat(job.isKept()).isFalse();
            endpoint.tools.failing = false;
            assertThat(call(node, 2).await()).isEqualTo(RESEARCHED);
            assertThat(endpoint.tools.begunTasks).hasValue(2);
        }
    }

    @Test
    void theTaskOfAnotherServerIsNotPolled() throws Exception {
        try (StandInEndpoint before = new StandInEndpoint(true);
                StandInEndpoint after = new StandInEndpoint(true);
                LiveServer lost = node(before);
                LiveServer next = node(after)) {
            RecordedCall late = lostCall(before, lost);
            String task = before.tools.tasks.iterator().next();
            assertThat(call(next, 2).await()).isEqualTo(RESEARCHED);
            assertThat(after.server.requests())
                    .noneMatch(request -> request.body().contains(task));
            late.cancel();
            late.awaitEnd();
        }
    }

    @Test
    void aCancelEndsTheTaskAndItsCheckpoint() throws Exception {
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer node = node(endpoint)) {
            RecordedCall call = keptCall(endpoint, node);
            call.cancel();
            call.awaitEnd();
            Await.until("the server was told", () -> endpoint.tools.cancelledTasks.get() == 1);
            assertThat(job.isKept()).isFalse();
        }
    }

    @Test
    void aCallContinuesAlthoughItsTaskCannotBeKept() throws Exception {
        Jdbi away = Jdbi.create(() -> {
            throw new SQLException("The connection attempt failed.", "08001");
        });
        away.installPlugin(new SqlObjectPlugin());
        try (StandInEndpoint endpoint = new StandInEndpoint(true);
                LiveServer node = node(endpoint, new StoredCheckpoints(away))) {
            assertThat(call(node, 2).await()).isEqualTo(RESEARCHED);
        }
    }

    @Test
    void callsOfProgramsKeepNothing() throws Exception {
        try (LiveServer node = new LiveServer(LiveServer.program("modern"), (id, attempt, tool) -> {
                    throw new AssertionError("its tasks end with its node");
                })
                .awaitTools()) {
            assertThat(call(node, 2).await()).isEqualTo(RESEARCHED);
        }
    }

    private RecordedCall lostCall(StandInEndpoint endpoint, LiveServer node) throws Exception {
        RecordedCall call = keptCall(endpoint, node);
        job.ended(1, "WORKER_LOST");
        return call;
    }

    private RecordedCall keptCall(StandInEndpoint endpoint, LiveServer node) {
        endpoint.tools.holding = true;
        RecordedCall call = call(node, 1);
        Await.until("the task is kept", job::isKept);
        return call;
    }

    private RecordedCall call(LiveServer node, int attempt) {
        return new RecordedCall("{}", job.id(), attempt).start(node.tool("s.research"));
    }

    private static LiveServer node(StandInEndpoint endpoint) throws Exception {
        return node(endpoint, new StoredCheckpoints(JOBS.jdbi()));
    }

    private static LiveServer node(StandInEndpoint endpoint, StoredCheckpoints checkpoints) throws Exception {
        return new LiveServer("url: '" + endpoint.url() + "'", checkpoints).awaitTools();
    }
}
