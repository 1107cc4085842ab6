package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.childprocess.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that do not read, and that leave others behind. */
class StdioTransportTest {
    private static final String MEBIBYTE = "x".repeat(1 << 20);
    private static final int FIT = 15;

    private final StdioTransport transport = transport("/bin/sleep", "1000");
    private final Session session = new Session(transport, () -> {});

    @TempDir
    Path folder;

    private static StdioTransport transport(String... command) {
        return new StdioTransport(new StdioTransport.Start(
                "deaf",
                List.of(command),
                new Environment("deaf", Map.of(), List.of(), Map.of()),
                Path.of("/"),
                1024,
                false));
    }

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

    @Test
    void theConnectionEndsWithTheProgramAlthoughAnotherHoldsItsOutput() throws Exception {
        Path pid = folder.resolve("pid");
        StdioTransport dying = transport("/bin/sh", "-c", "/bin/sleep 1000 & echo $! > " + pid + "; exit 3");
        try (Session lost = new Session(dying, () -> {})) {
            dying.open(lost);
            assertThat(lost.end().get(60, TimeUnit.SECONDS)).isEqualTo("its process ended with exit code 3");
            Optional<ProcessHandle> left =
                    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
            if (left.isPresent()) {
                left.get().onExit().get(60, TimeUnit.SECONDS);
            }
        }
    }
}
