package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that send slowly or far too much do not delay others. */
class HostileClientsTest {
    private static final int MANY = Integer.getInteger("longhaul.hostile.connections", 200);
    private static final String HEAD =
            "POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 16\r\n";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools()).withPool();

    private static List<Socket> sendToMany(String begun) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
            socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
            sockets.add(socket);
            send(socket, begun);
        }
        return sockets;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertOthersAreServed() {
        for (int i = 0; i < 20; i++) {
            assertThat(SERVER.get("/healthz").status()).isEqualTo(200);
            String id = SERVER.submit();
            assertThat(SERVER.get("/v1/jobs/" + id).status()).isEqualTo(200);
        }
    }

    private static void assertAllAreAnswered(List<Socket> sockets, int status) throws IOException {
        for (Socket socket : sockets) {
            try (socket) {
                byte[] answer = socket.getInputStream().readNBytes(12);
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 " + status);
            }
        }
    }

    @Test
    void endlessHeadersDelayNoOtherRequest() throws IOException {
        List<Socket> slow = sendToMany(HEAD + "X-Slow: ");
        assertOthersAreServed();
        for (Socket socket : slow) {
            send(socket, "a");
        }
        assertOthersAreServed();
        for (Socket socket : slow) {
            send(socket, "\r\n\r\n{\"tool\": \"echo\"}");
        }
        assertAllAreAnswered(slow, 201);
    }

    @Test
    void endlessBodiesDelayNoOtherRequest() throws IOException {
        List<Socket> slow = sendToMany(HEAD + "\r\n{\"tool\": ");
        assertOthersAreServed();
        for (String rest : List.of("\"", "e", "cho\"}")) {
            for (Socket socket : slow) {
                send(socket, rest);
            }
            assertOthersAreServed();
        }
        assertAllAreAnswered(slow, 201);
    }

    @Test
    void anAbortedUploadLeavesNothing() throws IOException {
        for (Socket socket : sendToMany(HEAD + "\r\n{\"tool\": ")) {
            socket.close();
        }
        assertOthersAreServed();
    }

    @Test
    void anAddressOfAMegabyteAndAFloodOfHeadersAreRefusedCleanly() {
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            assertProblem(connection, "GET /v1/jobs?tool=" + "x".repeat(1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
            assertProblem(
                    connection, "GET /v1/jobs HTTP/1.1\r\nHost: x\r\nA: " + "x".repeat(1 << 20) + "\r\n\r\n", 431);
            assertProblem(
                    connection, "GET /v1/jobs HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(200_000) + "\r\n", 431);
        }
        assertOthersAreServed();
    }

    private static void assertProblem(RawConnection connection, String request, int status) {
        Answer answer;
        try {
            answer = connection.send(request.getBytes(StandardCharsets.US_ASCII), false, true);
        } catch (IOException e) {
            // A client that still sends when the server closes the connection may lose the answer (RFC 9112, 9.6).
            return;
        }
        assertThat(answer.status()).isEqualTo(status);
        assertThat(Contract.ofJar().wrongProblem("GET", answer)).isEmpty();
    }

    @Test
    void numbersKeepAllTheirDigits() {
        String numbers = "{\"a\": 1.00, \"b\": " + "7".repeat(400) + ", \"c\": 0." + "3".repeat(400)
                + ", \"d\": 12345678901234567890.0123456789, \"e\": -0.10, \"f\": 9007199254740993}";
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": " + numbers + "}")
                .text("/job_id");
        SERVER.worker().complete(SERVER.worker().claim(id), numbers);

        Answer job = SERVER.get("/v1/jobs/" + id);
        assertThat(job.body()).contains("\"params\":" + numbers).contains("\"result\":" + numbers);
    }
}
