package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.Await;
import io.longhaul.testing.EventReader;
import io.longhaul.testing.EventReader.Event;
import io.longhaul.testing.LateReader;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobEventsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Order(3)
    @RegisterExtension
    static final ApiServer OTHER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_progress, job_logs"));
    }

    private static EventReader read(ApiServer server, String id, String... headers) {
        return EventReader.open("http://127.0.0.1:" + server.port() + "/v1/jobs/" + id + "/events", headers);
    }

    private static boolean isState(Event event, String status) {
        return event.name().equals("state") && event.text("status").equals(status);
    }

    private static List<String> lines(List<Event> events) {
        return events.stream()
                .filter(event -> event.name().equals("log"))
                .map(event -> event.text("line"))
                .toList();
    }

    @Test
    void aStreamShowsAJobFromItsSubmitToItsEnd() {
        String id = SERVER.submit();
        try (EventReader reader = read(SERVER, id)) {
            assertThat(reader.status()).isEqualTo(200);
            assertThat(reader.header("Content-Type")).startsWith("text/event-stream");
            assertThat(reader.header("Cache-Control")).isEqualTo("no-store");
            assertThat(reader.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(isState(reader.next(), "pending")).isTrue();
            ClaimedJob claimed = SERVER.worker().claim(id);
            assertThat(isState(reader.next(), "running")).isTrue();
            SERVER.worker().log(claimed, "one", "two");
            SERVER.worker().progress(claimed, 0.5, "half");
            List<Event> working = reader.until(event -> event.name().equals("progress"));
            assertThat(lines(working)).containsExactly("one", "two");
            assertThat(working.get(working.size() - 1).data().path("fraction").asDouble())
                    .isEqualTo(0.5);
            SERVER.worker().log(claimed, "three");
            SERVER.worker().complete(claimed, "[1]");

            List<Event> ending = reader.until(event -> isState(event, "completed"));
            assertThat(lines(ending)).containsExactly("three");
            assertThat(ending.get(ending.size() - 1).data().path("result")).hasToString("[1]");
            SERVER.worker().log(claimed, "last words");
            assertThat(lines(reader.until(event -> event.name().equals("end")))).containsExactly("last words");
            Await.until("the stream ends", Await.LONG, reader::isOver);
            assertThat(reader.lastId()).startsWith("1.completed.");
        }
    }

    @Test
    void aClientThatReconnectsToAnotherNodeGetsEachLineOnce() {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        SERVER.worker().log(claimed, "1", "2");
        String place;
        try (EventReader reader = read(SERVER, id)) {
            reader.until(event -> event.text("line").equals("2"));
            place = reader.lastId();
        }
        SERVER.worker().log(claimed, "3");
        try (EventReader reader = read(OTHER, id, "Last-Event-ID", place)) {
            assertThat(lines(reader.until(event -> event.name().equals("log")))).containsExactly("3");
            place = reader.lastId();
        }
        SERVER.worker().log(claimed, "4");
        SERVER.worker().fail(claimed, "TOOL_ERROR", "broke", null);
        try (EventReader reader = read(SERVER, id, "Last-Event-ID", place)) {
            List<Event> rest = reader.until(event -> event.name().equals("end"));
            assertThat(lines(rest)).containsExactly("4");
            assertThat(rest).filteredOn(event -> isState(event, "failed")).hasSize(1);
        }
    }

    @Test
    void manyLongLinesAtOnceLoseNoClient() throws Exception {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        LateReader.addLines(DATABASE, id, 100);
        SERVER.worker().complete(claimed, "1");
        String request = "GET /v1/jobs/" + id + "/events HTTP/1.0\r\nHost: localhost\r\n\r\n";
        try (LateReader reader = new LateReader(SERVER.port(), request)) {
            assertThat(reader.count("event: log", "event: end")).isEqualTo(100);
        }
    }

    @Test
    void aRetriedJobContinuesInTheSameStream() {
        String id = SERVER.submit();
        try (EventReader reader = read(SERVER, id)) {
            SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "once", 0L);
            reader.until(
                    event -> isState(event, "pending") && event.text("attempt").equals("1"));
            SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET delayed = FALSE"));
            SERVER.worker().complete(SERVER.worker().claim(id), "1");
            Event last = reader.until(event -> isState(event, "completed")).stream()
                    .reduce((a, b) -> b)
                    .orElseThrow();
            assertThat(last.id()).isEqualTo("2.completed.0");
        }
    }

    @Test
    void manyLinesArriveInOrder() {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "INSERT INTO job_logs (job_id, attempt, logged_at, line)"
                                + " SELECT ?::uuid, 1, NOW(), n::text FROM generate_series(1, 1234) AS s (n) ORDER BY s.n",
                        id));
        SERVER.worker().complete(claimed, "1");
        try (EventReader reader = read(SERVER, id, "Accept-Encoding", "gzip")) {
            List<Event> all = reader.until(event -> isState(event, "completed"));
            assertThat(lines(all))
                    .isEqualTo(java.util.stream.IntStream.rangeClosed(1, 1234)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void aClientThatHasSeenTheEndIsToldNotToReconnect() {
        String id = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(id), "1");
        String place;
        try (EventReader reader = read(SERVER, id)) {
            reader.until(event -> event.name().equals("end"));
            place = reader.lastId();
        }
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET completed_at = completed_at - INTERVAL '10 s'"));
        try (EventReader reader = read(OTHER, id, "Last-Event-ID", place)) {
            assertThat(reader.status()).isEqualTo(204);
        }
        try (EventReader reader = read(OTHER, id, "Last-Event-ID", "nonsense")) {
            assertThat(isState(reader.next(), "completed")).isTrue();
        }
    }

    @Test
    void anUnknownJobHasNoEvents() {
        try (EventReader reader = read(SERVER, "7c9e6679-7425-40de-944b-e07fc1f90ae7")) {
            assertThat(reader.status()).isEqualTo(404);
            assertThat(reader.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    @Test
    void aClientThatDoesNotReadIsDropped() throws Exception {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "INSERT INTO job_logs (job_id, attempt, logged_at, line)"
                                + " SELECT ?::uuid, 1, NOW(), repeat('x', 7000) FROM generate_series(1, 2000)",
                        id));
        try (Socket socket = connect(id)) {
            Await.until("it is a client", Await.LONG, () -> SERVER.streams().size() == 1);
            Await.until("it is dropped", Await.LONG, () -> SERVER.streams().size() == 0);
            assertThat(socket.isConnected()).isTrue();
        }
        SERVER.worker().complete(claimed, "1");
    }

    @Test
    void aClientThatDisconnectsIsForgotten() {
        String id = SERVER.submit();
        EventReader reader = read(SERVER, id);
        reader.next();
        reader.close();
        Await.until("it is forgotten", Await.LONG, () -> {
            ClaimedJob job = SERVER.worker().claim().stream().findFirst().orElse(null);
            if (job != null) {
                SERVER.worker().log(job, "a line");
            }
            SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET awaits = awaits + 1"));
            return SERVER.streams().size() == 0;
        });
    }

    /** A client with a small window that sends its request and reads nothing. */
    private static Socket connect(String id) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", SERVER.port()));
        OutputStream out = socket.getOutputStream();
        out.write(("GET /v1/jobs/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo('H');
        return socket;
    }
}
