package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Parked;
import io.longhaul.testing.Await;
import io.longhaul.testing.EventReader;
import io.longhaul.testing.EventReader.Event;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventsApiTest {
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
        Await.until("all clients are gone", Await.LONG, () -> {
            // The server notices a closed client when it sends something, and some clients follow only one tool.
            SERVER.submit();
            SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}");
            return SERVER.streams().size() + OTHER.streams().size() == 0;
        });
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_attempts"));
    }

    private static EventReader follow(ApiServer server, String query, String... headers) {
        EventReader reader = EventReader.open("http://127.0.0.1:" + server.port() + "/v1/events" + query, headers);
        Await.until(
                "the place is told",
                Await.LONG,
                () -> reader.status() != 200 || !reader.lastId().isEmpty());
        return reader;
    }

    private static boolean is(Event event, String id, String status) {
        return event.text("job_id").equals(id) && event.text("status").equals(status);
    }

    @Test
    void everyLastingStateIsSent() {
        try (EventReader reader = follow(OTHER, "")) {
            String id = SERVER.submit();
            Event pending = reader.until(event -> is(event, id, "pending")).get(0);
            assertThat(pending.name()).isEqualTo("state");
            assertThat(pending.text("tool")).isEqualTo("echo");
            assertThat(pending.data().has("params")).isFalse();
            ClaimedJob claimed = SERVER.worker().claim(id);
            reader.until(event -> is(event, id, "running"));
            SERVER.worker().fail(claimed, "TOOL_ERROR", "once", 0L);
            Event again = last(reader.until(event -> is(event, id, "pending")));
            assertThat(again.text("attempt")).isEqualTo("1");
            SERVER.delete("/v1/jobs/" + id);
            reader.until(event -> is(event, id, "cancelled"));
        }
    }

    private static Event last(List<Event> events) {
        return events.get(events.size() - 1);
    }

    @Test
    void aClientThatReconnectsToAnotherNodeGetsTheLatestStates() {
        String place;
        try (EventReader reader = follow(SERVER, "")) {
            String before = SERVER.submit();
            reader.until(event -> is(event, before, "pending"));
            place = reader.lastId();
        }
        String ended = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(ended), "1");
        String retried = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(retried), "TOOL_ERROR", "once", 60_000L);
        String running = SERVER.submit();
        SERVER.worker().claim(running);
        String pending = SERVER.submit();

        try (EventReader reader = follow(OTHER, "", "Last-Event-ID", place)) {
            Set<String> states = new HashSet<>();
            reader.until(event -> {
                states.add(event.text("job_id") + " " + event.text("status") + " " + event.text("attempt"));
                return states.containsAll(List.of(
                        ended + " completed 1",
                        retried + " pending 1",
                        running + " running 1",
                        pending + " pending 0"));
            });
            String later = SERVER.submit();
            reader.until(event -> is(event, later, "pending"));
        }
    }

    @Test
    void aChangeCommittedAfterANewerOneIsSentToo() throws Exception {
        try (EventReader reader = follow(SERVER, "");
                Connection slow = DATABASE.dataSource().getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute("INSERT INTO jobs (id, tool_name, trace_id, parameters, expires_at) VALUES"
                    + " ('00000000-0000-0000-0000-00000000000a', 'echo', 't', '{}', NOW() + INTERVAL '1 h')");
            String younger = SERVER.submit();
            reader.until(event -> is(event, younger, "pending"));
            String place = reader.lastId();
            slow.commit();
            reader.until(event -> is(event, "00000000-0000-0000-0000-00000000000a", "pending"));
            // The same for a client that reconnects.
            try (EventReader back = follow(OTHER, "", "Last-Event-ID", place)) {
                back.until(event -> is(event, "00000000-0000-0000-0000-00000000000a", "pending"));
            }
        }
    }

    @Test
    void manyMissedChangesAreSentInPages() {
        String place;
        try (EventReader reader = follow(SERVER, "")) {
            place = reader.lastId();
        }
        SERVER.jdbi()
                .useHandle(h -> h.execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                        + " SELECT 'echo', 't', '{}', NOW() + INTERVAL '1 h' FROM generate_series(1, 12345)"));
        try (EventReader reader = follow(OTHER, "?status=pending", "Last-Event-ID", place)) {
            Set<String> ids = new HashSet<>();
            reader.until(event -> ids.add(event.text("job_id")) && ids.size() == 12_345);
        }
    }

    /** More changes than one read takes, all with the same time. */
    @Test
    void changesOfManyJobsInOneTransactionAreAllSent() {
        try (EventReader reader = follow(SERVER, "?status=pending")) {
            SERVER.jdbi()
                    .useHandle(h -> h.execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                            + " SELECT 'echo', 't', '{}', NOW() + INTERVAL '1 h' FROM generate_series(1, 6000)"));
            Set<String> ids = new HashSet<>();
            reader.until(event -> ids.add(event.text("job_id")) && ids.size() == 6_000);
            String later = SERVER.submit();
            reader.until(event -> is(event, later, "pending"));
        }
    }

    /** More changes than the connection and the memory for a client hold. */
    @Test
    void aClientThatReadsSlowlyMissesNothingOfABurst() throws IOException {
        try (Socket slow = new Socket();
                EventReader reader = follow(SERVER, "?tool=ping")) {
            slow.setReceiveBufferSize(4 << 10);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), SERVER.port()));
            // HTTP/1.0 has no chunks between the events.
            slow.getOutputStream()
                    .write("GET /v1/events HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader events =
                    new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
            assertThat(events.lines().anyMatch(line -> line.startsWith("id: "))).isTrue();
            SERVER.jdbi()
                    .useHandle(h -> h.execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                            + " SELECT 'echo', 't', '{}', NOW() + INTERVAL '1 h' FROM generate_series(1, 25000)"));
            // The feed has reported all of them when it reports a later one.
            String later = SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}").text("/job_id");
            CompletableFuture<?> reported = Parked.beside(() -> reader.until(event -> is(event, later, "pending")));
            Set<String> ids = new HashSet<>();
            while (!reported.isDone()) {
                assertThat(SERVER.get("/healthz").status()).isEqualTo(200);
                events.lines().limit(10).forEach(line -> ids.add(jobId(line)));
            }
            assertThat(events.lines().anyMatch(line -> ids.add(jobId(line)) && ids.contains(later)))
                    .isTrue();
            assertThat(ids).hasSize(25_002);
        }
    }

    /** The job of a line with an event, or nothing for other lines. */
    private static String jobId(String line) {
        return line.startsWith("data: ") ? line.replaceFirst(".*\"job_id\":\"([^\"]*)\".*", "$1") : "";
    }

    @Test
    void aConnectedClientGetsNoEventTwice() {
        try (EventReader reader = follow(SERVER, "")) {
            List<String> submitted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                submitted.add(SERVER.submit());
            }
            List<Event> all = reader.until(event -> event.text("job_id").equals(submitted.get(19)));
            String end = SERVER.submit();
            all.addAll(reader.until(event -> event.text("job_id").equals(end)));
            assertThat(all)
                    .extracting(event -> event.text("job_id"))
                    .containsAll(submitted)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aFilterLeavesOutOtherJobs() {
        try (EventReader reader = follow(SERVER, "?tool=ping&status=pending,failed")) {
            SERVER.submit();
            String ping = SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}").text("/job_id");
            assertThat(reader.next().text("job_id")).isEqualTo(ping);
        }
        try (EventReader reader = follow(SERVER, "?status=nonsense")) {
            assertThat(reader.status()).isEqualTo(422);
        }
    }

    @Test
    void aClientThatWasAwayTooLongIsReset() {
        try (EventReader reader = follow(SERVER, "", "Last-Event-ID", "1600000000000000")) {
            assertThat(reader.next().name()).isEqualTo("reset");
            String id = SERVER.submit();
            reader.until(event -> is(event, id, "pending"));
        }
    }

    @Test
    void anIdOfAnotherStreamLosesNoChanges() {
        for (String id : List.of("1.running.12", "17", "now")) {
            Answer answer = SERVER.send(SERVER.request("/v1/events").header("Last-Event-ID", id));
            assertThat(answer.status()).as(id).isEqualTo(422);
            assertThat(answer.text("/errors/0/pointer")).isEqualTo("/Last-Event-ID");
        }
    }

    @Test
    void aCancelTellsAnErrorOnlyIfThatIsItsReason() {
        try (EventReader reader = follow(SERVER, "?status=cancelled")) {
            cancelled("PREDECESSOR_FAILED");
            Event event = reader.next();
            assertThat(event.text("error_code")).isEqualTo("PREDECESSOR_FAILED");
            assertThat(event.text("error")).isEqualTo("why");
            cancelled("TOOL_ERROR");
            assertThat(reader.next().data().path("error_code").isNull()).isTrue();
        }
    }

    private static void cancelled(String errorCode) {
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE jobs SET status = 'cancelled', completed_at = NOW(), error_code = ?, error_message = 'why'"
                                + " WHERE id = ?::uuid",
                        errorCode,
                        SERVER.submit()));
    }

    @Test
    void aClaimThatIsReturnedIsSentAsPending() {
        try (EventReader reader = follow(OTHER, "")) {
            String id = SERVER.submit();
            for (int claim = 0; claim < 2; claim++) {
                SERVER.worker().claim(id);
                reader.until(event -> is(event, id, "running"));
                SERVER.jdbi().useHandle(h -> h.execute("DELETE FROM job_leases"));
                reader.until(event -> is(event, id, "pending"));
            }
        }
    }
}
