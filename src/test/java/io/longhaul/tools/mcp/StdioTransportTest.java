package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.childprocess.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program that does not read. */
class StdioTransportTest {
    private static final String MEBIBYTE = "x".repeat(1 << 20);
    private static final int FIT = 15;

    private final StdioTransport transport = new StdioTransport(new StdioTransport.Start(
            "deaf",
            List.of("/bin/sleep", "1000"),
            new Environment("deaf", Map.of(), List.of(), Map.of()),
            Path.of("/"),
            1024,
            false));
    private final Session session = new Session(transport, () -> {});

    @BeforeEach
    void open() throws Exception {
        transport.open(session);
    }

    @AfterEach
    void close() {
        session.close();
    }

    private PendingRequest begin() throws LostException {
        return session.start(
                "tools/call", Rpc.object().put("params", MEBIBYTE), PendingRequest.Listener.NONE, Map.of());
    }

    @Test
    void onlySoMuchWaitsForAProgramThatDoesNotRead() throws Exception {
        List<PendingRequest> waiting = new ArrayList<>();
        for (int i = 0; i < FIT; i++) {
            waiting.add(begin());
        }
        assertThatThrownBy(this::begin)
                .isInstanceOfSatisfying(
                        LostException.class, lost -> assertThat(lost.sent()).isFalse())
                .hasMessageContaining("does not read");
        assertThat(session.end()).isNotDone();
        assertThat(waiting).allSatisfy(request -> assertThat(request.answer()).isNotDone());

        session.cancel(waiting.get(FIT - 1), "a test");
        assertThat(begin().answer()).isNotDone();
    }

    @Test
    void cancelledRequestsDoNotPileUp() throws Exception {
        for (int i = 0; i < 3 * FIT; i++) {
            session.cancel(begin(), "a test");
        }
        assertThat(session.end()).isNotDone();
    }
}
