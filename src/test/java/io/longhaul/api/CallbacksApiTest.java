package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.Callbacks;
import io.longhaul.tools.inprocess.BuiltIn;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CallbacksApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Test
    void aCallbackIsAcceptedUntilItsCallHasEnded() throws Exception {
        Callbacks.Address address = SERVER.callbacks().open(SERVER.submit(), 1);
        String path = address.url();
        assertThat(SERVER.post(path, "{\"result\": [1.50, \"\\u0000\"]}").status())
                .isEqualTo(204);
        assertThat(address.next(Duration.ofSeconds(30))).contains("{\"result\":[1.50,\"\uFFFD\"]}");
        address.close();
        Answer late = SERVER.post(path, "{\"result\": 1}");
        assertThat(late.status()).isEqualTo(404);
        assertThat(late.text("/error_code")).isEqualTo("NOT_FOUND");
        assertThat(late.text("/message")).contains("Nobody waits at this address");
    }

    @Test
    void theBodyOfAStrangerIsNotRead() {
        for (String token : new String[] {"x".repeat(32), "x", "x".repeat(100)}) {
            assertThat(SERVER.post("/v1/callbacks/" + token, "{\"a\":").status())
                    .as(token)
                    .isEqualTo(404);
        }
    }

    @Test
    void aBodyThatIsNotAnObjectIsRefused() {
        String path = SERVER.callbacks().open(SERVER.submit(), 1).url();
        assertThat(SERVER.post(path, "[1]").status()).isEqualTo(422);
        assertThat(SERVER.post(path, "{\"a\":").status()).isEqualTo(400);
        assertThat(SERVER.post(path, "{\"a\": \"" + "x".repeat(1 << 20) + "\"}").status())
                .isEqualTo(413);
        assertThat(SERVER.get(path).status()).isEqualTo(405);
    }
}
