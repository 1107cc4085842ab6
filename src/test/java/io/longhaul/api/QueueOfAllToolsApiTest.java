package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A limit for the jobs of all tools that wait, and batches of several tools. */
class QueueOfAllToolsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER =
            new ApiServer(DATABASE, ApiConfiguration.of(null, null, null, null, null, 3, null), BuiltIn.tools());

    @Test
    void aBatchOfSeveralToolsIsRefusedForGoodOnlyIfItCanNeverFit() {
        assertThat(SERVER.post("/v1/jobs", "{\"tool\": \"echo\"}").status()).isEqualTo(201);
        Answer full = SERVER.post("/v1/jobs/batch", batch("echo", "ping", "ping"));
        assertThat(full.text("/error_code")).isEqualTo("QUEUE_FULL");
        assertThat(full.header("Retry-After")).isEqualTo("5");
        Answer tooLong = SERVER.post("/v1/jobs/batch", batch("echo", "echo", "ping", "ping"));
        assertThat(tooLong.text("/error_code")).isEqualTo("INVALID_BATCH");
        assertThat(tooLong.text("/message")).endsWith("send fewer at once.");
    }

    private static String batch(String... tools) {
        return "{\"jobs\": [{\"tool\": \"" + String.join("\"}, {\"tool\": \"", tools) + "\"}]}";
    }
}
