package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.testing.Await;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.secrets.RequestCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions about a task that have no answer, or only one that may be different later. */
final class RemoteTaskTest {
    private static final String DONE = "{'taskId': 'x', 'status': 'completed', 'result': {'content': []}}";
    private static final String ASKING = "{'taskId': 'x', 'status': 'input_required'}";

    private final WrongServer server = new WrongServer().result("tasks/cancel", "{}");
    private final List<Duration> pauses = new ArrayList<>();
    private Session session;

    @BeforeEach
    void connect() {
        URI uri = URI.create(server.http().url() + "/mcp");
        HttpTransport transport =
                new HttpTransport(new HttpTransport.Target(uri, Map.of(), RequestCredentials.NONE, 100_000));
        session = new Session(transport, () -> {});
        transport.open(session);
    }

    @AfterEach
    void stop() {
        session.close();
        server.close();
    }

    private RemoteTask task(boolean modern) throws Exception {
        session.speak(modern ? Protocol.MODERN : null, modern, Rpc.object());
        RecordedCall call = new RecordedCall("{}");
        KeptTask kept = new KeptTask(Checkpoints.NONE.open(UUID.randomUUID().toString(), 1, "s.t"), "here");
        return new RemoteTask(
                new CallSession(() -> session),
                call,
                kept,
                Rpc.object().put("taskId", "x").put("status", "working"),
                pauses::add);
    }

    /** Answers with a status or an error of the protocol, as often as said. */
    private void failing(String method, String error, int most, String then) {
        server.on(method, (exchange, message, times) -> {
            if (times > most) {
                exchange.json(200, WrongServer.wrapped(message, then));
            } else if (error.startsWith("-")) {
                exchange.json(
                        200,
                        "{\"jsonrpc\": \"2.0\", \"id\": " + message.path("id") + ", \"error\": {\"code\": " + error
                                + ", \"message\": \"not now\"}}");
            } else {
                exchange.json(Integer.parseInt(error), "");
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"429, 20", "503, 1", "500, 3", "-32603, 2"})
    void aTaskWhoseServerIsBusyIsAskedAfterAgain(String error, int times) throws Exception {
        failing("tasks/get", error, times, DONE);
        assertThat(task(true).await().path("content")).isEmpty();
        assertThat(server.times("tasks/get")).isEqualTo(times + 1);
        assertThat(pauses).hasSize(times + 1).contains(Duration.ofMillis(500));
        assertThat(pauses).allMatch(pause -> pause.compareTo(Duration.ofSeconds(30)) <= 0);
        assertThat(server.times("tasks/cancel")).isZero();
    }

    @Test
    void theTaskOfALostAttemptIsAskedAfterAgain() throws Exception {
        failing("tasks/get", "503", 2, DONE);
        assertThat(task(true).isKnown()).isTrue();
    }

    @Test
    void aTaskThatIsNotToBeHadIsCancelledWhenItIsGivenUp() throws Exception {
        failing("tasks/get", "503", 1000, DONE);
        RemoteTask task = task(true);
        assertThatThrownBy(task::await).isInstanceOf(RpcException.class);
        assertThat(server.times("tasks/get")).isEqualTo(21);
        Await.until("it is cancelled", Duration.ofSeconds(20), () -> server.times("tasks/cancel") == 1);
        RemoteTask known = task(true);
        assertThatThrownBy(known::isKnown).isInstanceOf(RpcException.class);
        Await.until("it is cancelled", Duration.ofSeconds(20), () -> server.times("tasks/cancel") == 2);
    }

    @Test
    void theResultOfATaskIsFetchedAgainFromABusyServer() throws Exception {
        server.result("tasks/get", DONE);
        failing("tasks/result", "503", 2, "{'content': []}");
        assertThat(task(false).await().path("content")).isEmpty();
        assertThat(server.times("tasks/result")).isEqualTo(3);
    }

    @Test
    void theErrorOfATaskIsNotTakenForThatOfItsServer() throws Exception {
        server.result("tasks/get", DONE);
        failing("tasks/result", "-32603", 1000, "{}");
        RemoteTask task = task(false);
        assertThatThrownBy(task::await).hasMessageContaining("not now");
        assertThat(server.times("tasks/result")).isEqualTo(1);
        assertThat(server.times("tasks/cancel")).isZero();
    }

    @Test
    void aTaskThatAsksIsWaitedForAlthoughItsServerIsBusy() throws Exception {
        server.result("tasks/get", ASKING);
        failing("tasks/result", "503", 2, "{'content': []}");
        assertThat(task(false).await().path("content")).isEmpty();
        failing("tasks/result", "503", 1000, "{}");
        RemoteTask task = task(false);
        assertThatThrownBy(task::await).isInstanceOf(RpcException.class);
        assertThat(server.times("tasks/result")).isEqualTo(3 + 21);
        Await.until("it is cancelled", Duration.ofSeconds(20), () -> server.times("tasks/cancel") == 1);
    }
}
