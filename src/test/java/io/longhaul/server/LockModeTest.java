package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.WholeNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole node on an engine that lacks the advisory locks of a transaction. */
class LockModeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private final HttpClient client = HttpClient.newHttpClient();
    private Database admin;
    private WholeNode node;

    @BeforeEach
    void takeTheLocksAway() throws Exception {
        admin = new Database(database.dataSource());
        admin.run("""
                DO $$
                DECLARE
                    lock text;
                BEGIN
                    FOR lock IN SELECT proname FROM pg_proc
                                WHERE proname IN ('pg_advisory_xact_lock', 'pg_try_advisory_xact_lock')
                                  AND proargtypes = '20' LOOP
                        EXECUTE format('ALTER FUNCTION pg_catalog.%I(bigint) RENAME TO %I', lock, lock || '_away');
                    END LOOP;
                END $$
                """);
        node = WholeNode.start(database, "");
    }

    @AfterEach
    void stop() throws IOException {
        node.stop();
    }

    private JsonNode send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    @Test
    void itLocksRowsAndSaysSo() throws Exception {
        for (int i = 0; i < 6; i++) {
            send(
                    "POST",
                    "/v1/jobs",
                    "{\"tool\": \"ping\", \"concurrency_key\": \"k\", \"fairness_key\": \"f" + i + "\"}");
        }
        JsonNode operation =
                send("POST", "/v1/operations", "{\"kind\": \"cancel\", \"filter\": {\"tool\": \"nobody.has.this\"}}");
        assertThat(operation.path("state").asText()).as(operation.toString()).isEqualTo("pending");
        Await.until(
                "the jobs of the key have run",
                Await.LONG,
                () -> admin.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 6);
        Await.until(
                "the operation has ended",
                Await.LONG,
                () -> admin.number("SELECT count(*) FROM operations WHERE state = 'completed'") == 1);

        String health = send("GET", "/health", "").toString();
        assertThat(health)
                .contains("\"lock_mode\":\"rows\"")
                .containsPattern("lacks [A-Za-z, ]*advisory locks")
                .contains("Nodes hold each other off by locked rows.");
        assertThat(admin.number("SELECT count(*) FROM housekeepers WHERE task = 'locks:rows'"))
                .isEqualTo(1);
        assertThat(send("GET", "/readyz", "").toString()).doesNotContain("advisory");
    }
}
