package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.testing.Await;
import io.longhaul.testing.RawServer;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.secrets.RequestCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTransportTest {
    private static final Duration NOTICE = Duration.ofMillis(300);

    private static HttpTransport transport(RawServer server) {
        return new HttpTransport(
                new HttpTransport.Target(
                        URI.create("http://127.0.0.1:" + server.port() + "/mcp"),
                        Map.of(),
                        RequestCredentials.NONE,
                        1024),
                NOTICE);
    }

    @Test
    void anEndlessAnswerToANotificationIsAborted() throws Exception {
        try (RawServer server = new RawServer(talk -> {
            talk.request();
            talk.say("HTTP/1.1 202 OK\n\n");
            talk.sayForEver("x".repeat(1000), 1);
        })) {
            transport(server).send(Rpc.object().put("method", "notifications/cancelled"), null);
            Await.until("it has come", Duration.ofSeconds(30), () -> server.connections() == 1);
            Await.until("it is hung up on", Duration.ofSeconds(30), () -> server.open() == 0);
            assertThatThrownBy(
                            () -> transport(server).send(Rpc.object().put("method", "notifications/initialized"), null))
                    .isInstanceOf(LostException.class);
            Await.until("it is hung up on, too", Duration.ofSeconds(30), () -> server.open() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "http"})
    void aPasswordInAUrlIsNotShown(String type) {
        for (String url :
                List.of("http://me:hush@127.0.0.1/x", "me:hush@host", "http://me:hu/sh@my_host/x", "http://a@hush@b")) {
            assertThatThrownBy(() -> TestTools.all("- {type: " + type + ", name: far, url: '" + url + "'}\n"))
                    .hasMessageContaining("url is ")
                    .hasMessageContaining("***@")
                    .satisfies(e -> assertThat(e.getMessage().replace("/", "")).doesNotContain("hush"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://0177.0.0.1/mcp", "http://127.1/mcp", "http://[fe80::1%25eth0]/mcp", "http://my_host/mcp"
            })
    void ambiguousHostsAreRefused(String url) {
        assertThatThrownBy(() -> TestTools.all("- {type: mcp, name: far, url: '" + url + "'}\n"))
                .hasMessageContaining("url is " + url + ": it must");
    }
}
