package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many more slow clients than threads: the node still answers health checks and other requests. */
class SlowClientsTest {
    private static final int THREADS = 32;
    private static final int MANY = 10 * THREADS;
    private static final String JSON = "Host: 127.0.0.1\r\nContent-Type: application/json\r\n";

    /** Far less than the idle timeout of a connection. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools())
            .withPool()
            .withThreads(THREADS)
            .withIdleTimeout(io.dropwizard.util.Duration.seconds(60));

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void goAway() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        assertServed();
    }

    private void open(int many, String begun) throws IOException {
        for (int i = 0; i < many; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
            socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
            sockets.add(socket);
            send(socket, begun);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertHealthy() {
        for (String path : List.of("/healthz", "/readyz", "/health")) {
            assertThat(SERVER.send(SERVER.request(path).timeout(SOON)).status()).isEqualTo(200);
        }
    }

    private static void assertServed() {
        assertHealthy();
        Answer job = SERVER.send(SERVER.request("/v1/jobs")
                .timeout(SOON)
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"tool\": \"echo\"}")));
        assertThat(job.status()).isEqualTo(201);
        assertThat(SERVER.send(SERVER.request("/v1/jobs?limit=1").timeout(SOON)).status())
                .isEqualTo(200);
    }

    private void assertAllAnswer(String first) throws IOException {
        for (Socket socket : sockets) {
            byte[] answer = socket.getInputStream().readNBytes(first.length());
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(first);
        }
    }

    @Test
    void bodiesThatArriveByteByByteHoldNoThread() throws IOException {
        String job = "{\"tool\": \"echo\"}";
        open(MANY, "POST /v1/jobs HTTP/1.1\r\n" + JSON + "Content-Length: " + job.length() + "\r\n\r\n{");
        assertServed();
        for (int i = 1; i < job.length(); i++) {
            for (Socket socket : sockets) {
                send(socket, job.substring(i, i + 1));
            }
            assertHealthy();
        }
        assertAllAnswer("HTTP/1.1 201");
    }

    @Test
    void packedBodiesThatArriveSlowlyHoldNoThread() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"tool\": \"echo\"}".getBytes(StandardCharsets.US_ASCII));
        }
        String head = JSON + "Content-Encoding: gzip\r\nContent-Length: " + packed.size() + "\r\n\r\n";
        open(MANY, "POST /v1/jobs HTTP/1.1\r\n" + head);
        assertServed();
        for (Socket socket : sockets) {
            packed.writeTo(socket.getOutputStream());
        }
        assertAllAnswer("HTTP/1.1 201");
    }

    @Test
    void bodiesWithoutALengthHoldNoThread() throws IOException {
        open(MANY, "POST /v1/mcp/invoke HTTP/1.1\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"too\r\n");
        assertServed();
        for (Socket socket : sockets) {
            send(socket, "c\r\nl\": \"none\"} \r\n0\r\n\r\n");
        }
        assertAllAnswer("HTTP/1.1 422");
    }

    @Test
    void requestsThatWaitForTheirTurnLongerThanConnectionsMayBeIdleAreAnswered() throws Exception {
        String job = SERVER.submit();
        CountDownLatch databaseAnswers = new CountDownLatch(1);
        SERVER.source().holdBackUntil(databaseAnswers);
        try {
            open(2 * THREADS, "GET /v1/jobs/" + job + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            Await.until("half of the threads work", Await.LONG, () -> SERVER.requestsInLine() == THREADS * 3 / 2);
            awaitIdleTimeout();
            awaitIdleTimeout();
            // From here on a short one could end a write on a busy machine.
            SERVER.limitIdle(Await.LONG, sockets.get(0));
        } finally {
            databaseAnswers.countDown();
        }
        assertAllAnswer("HTTP/1.1 200");
    }

    /** Waits until a connection that asks nothing, and is younger than all others, is closed. */
    private static void awaitIdleTimeout() throws IOException {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            Await.until("it is connected", Await.LONG, () -> SERVER.limitIdle(Duration.ofMillis(100), silent));
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void endlessHeadersAndIdleConnectionsHoldNoThread() throws IOException {
        open(MANY, "GET /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        open(MANY, "");
        assertServed();
    }

    @Test
    void endlessUploadsAndLinesDoNotHoldAllThreads() throws IOException {
        String megabytes = "x".repeat(1 << 20);
        open(1, "");
        for (int i = 0; i < 2 * THREADS; i++) {
            open(
                    1,
                    "POST /v1/files?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 90000000\r\n\r\n" + megabytes);
            open(
                    1,
                    "POST /v1/jobs/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"too\r\n");
        }
        assertServed();
    }

    @Test
    void waitsAndStreamsAtOnceHoldNoThread() throws IOException {
        String job = SERVER.submit();
        open(MANY, "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        open(MANY, "GET /v1/jobs/" + job + "/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertAllAnswer("HTTP/1.1 200");
        open(MANY, "GET /v1/jobs/" + job + " HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=60\r\n\r\n");
        assertServed();
        Await.until("all wait", ApiServer.PATIENCE, () -> SERVER.waits().waiting() == MANY);
        SERVER.worker().complete(SERVER.worker().claim(job), "1");
        assertAllAnswerFrom(2 * MANY);
    }

    /** Reading jobs waits for this, as with an overloaded processor or database. */
    @Test
    void manyNewStreamsTakeFewThreadsAndDelayNoOtherRequest() throws Exception {
        String job = SERVER.submit();
        try (Connection holder = DATABASE.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
            open(MANY, "GET /v1/jobs/" + job + "/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            Await.until("some streams are begun", ApiServer.PATIENCE, () -> waitingForJobs() > 1);
            assertHealthy();
            assertThat(SERVER.send(SERVER.request("/v1/nodes").timeout(SOON)).status())
                    .isEqualTo(200);
            assertThat(waitingForJobs()).isLessThanOrEqualTo(THREADS / 4);
            holder.rollback();
        }
        assertAllAnswer("HTTP/1.1 200");
    }

    private static int waitingForJobs() throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                ResultSet waiting = connection
                        .createStatement()
                        .executeQuery(
                                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'jobs'::regclass")) {
            waiting.next();
            return waiting.getInt(1);
        }
    }

    private void assertAllAnswerFrom(int first) throws IOException {
        for (Socket socket : sockets.subList(first, sockets.size())) {
            byte[] answer = socket.getInputStream().readNBytes(12);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void aClientThatDoesNotReadItsAnswerHoldsNoThread() throws IOException {
        String large = "{\"tool\": \"echo\", \"params\": {\"x\": \"" + "y".repeat(900_000) + "\"}}";
        String job = SERVER.post("/v1/jobs", large).text("/job_id");
        String ask = "GET /v1/jobs/" + job + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        open(2 * THREADS, ask.repeat(12));
        assertServed();
        // Other threads write the answers of waiting requests.
        String waiting = SERVER.submit();
        open(8, ask.repeat(12) + "GET /v1/jobs/" + waiting + " HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=60\r\n\r\n");
        assertServed();
    }

    /** The largest answers are not buffered whole: a thread waits for each of these clients. */
    @Test
    void largeAnswersThatNobodyReadsHoldUpNoOtherRequestAndNoWait() throws IOException {
        String large = SERVER.submit();
        String ask = " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        open(8, "GET /v1/jobs/" + large + ask + "Prefer: wait=60\r\n\r\n");
        Await.until("all wait", ApiServer.PATIENCE, () -> SERVER.waits().waiting() == 8);
        SERVER.worker().complete(SERVER.worker().claim(large), "\"" + "y".repeat(12 << 20) + "\"");
        assertAllAnswerFrom(0);

        String small = SERVER.submit();
        open(1, "GET /v1/jobs/" + small + ask + "Prefer: wait=60\r\n\r\n");
        Await.until("it waits", ApiServer.PATIENCE, () -> SERVER.waits().waiting() == 1);
        SERVER.worker().complete(SERVER.worker().claim(small), "1");
        assertAllAnswerFrom(8);

        open(THREADS / 2 + 4, "GET /v1/jobs/" + large + ask + "\r\n");
        assertServed();
    }

    @Test
    void aBodyLargerThanTheBufferIsReadToItsEnd() throws IOException {
        String job = "{\"tool\": \"echo\", \"params\": {\"x\": \"" + "y".repeat(700_000) + "\"}}";
        String batch = "{\"jobs\": [" + String.join(",", java.util.Collections.nCopies(5, job)) + "]}";
        open(4, "POST /v1/jobs/batch HTTP/1.1\r\n" + JSON + "Content-Length: " + batch.length() + "\r\n\r\n");
        int part = batch.length() / 7 + 1;
        for (int from = 0; from < batch.length(); from += part) {
            for (Socket socket : sockets) {
                send(socket, batch.substring(from, Math.min(batch.length(), from + part)));
            }
            assertServed();
        }
        assertAllAnswer("HTTP/1.1 201");
    }

    @Test
    void aSlowReaderGetsTheWholeAnswer() throws IOException {
        String text = "y".repeat(900_000);
        String job = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"x\": \"" + text + "\"}}")
                .text("/job_id");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), SERVER.port()));
            send(socket, "GET /v1/jobs/" + job + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertServed();
            byte[] whole = socket.getInputStream().readAllBytes();
            assertThat(RawAnswers.parse(whole).text("/params/x")).isEqualTo(text);
        }
    }

    @Test
    void closedConnectionsReleaseTheirDescriptors() throws IOException {
        int before = openFiles();
        open(MANY, "POST /v1/jobs HTTP/1.1\r\n" + JSON + "Content-Length: 100\r\n\r\n{");
        for (Socket socket : sockets) {
            socket.close();
        }
        Await.until("the descriptors are given back", ApiServer.PATIENCE, () -> openFiles() <= before + 10);
    }

    private static int openFiles() {
        String[] files = new java.io.File("/proc/self/fd").list();
        return files == null ? 0 : files.length;
    }
}
