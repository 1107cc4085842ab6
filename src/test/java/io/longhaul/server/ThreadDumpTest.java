package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.WholeNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ThreadDumpTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    private final HttpClient http = HttpClient.newHttpClient();
    private WholeNode node;

    @BeforeEach
    void start() throws Exception {
        node = WholeNode.start(database, "");
    }

    @AfterEach
    void stop() throws IOException {
        node.stop();
    }

    /** Callers put keys there, however often they are told not to. */
    @Test
    void theThreadsOfRequestsShowNothingOfTheirUrls() throws Exception {
        CompletableFuture<HttpResponse<String>> listed;
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
            listed = http.sendAsync(request(node.url() + "/v1/jobs?tool=planted-secret"), BodyHandlers.ofString());
            String dump = Await.value(
                    "a thread that reads the list",
                    Await.LONG,
                    () -> Optional.of(threads()).filter(text -> text.contains("JobLists")));
            assertThat(dump).doesNotContain("planted-secret");
            connection.rollback();
        }
        assertThat(listed.get().statusCode()).isEqualTo(200);
    }

    private String threads() throws IOException {
        try {
            return http.send(request(node.adminUrl() + "/threads"), BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).build();
    }
}
