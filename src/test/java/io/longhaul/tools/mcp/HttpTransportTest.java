package io.longhaul.tools.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.testing.Await;
import io.longhaul.testing.RawServer;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.secrets.RequestCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    /** Requests under way keep their streams, which the server would close with its session. */
    @Test
    void aSessionIsNotEndedAfterAConnectThatFailed() throws Exception {
        Queue<String> heads = new ConcurrentLinkedQueue<>();
        RawServer.Behaviour answering = talk -> {
            heads.add(talk.request());
            talk.say("HTTP/1.1 200 OK\nMcp-Session-Id: s\nConnection: close\nContent-Type: application/json\n"
                    + "Content-Length: 41\n\n" + "{\"jsonrpc\":\"2.0\",\"id\":\"lh-1\",\"result\":{}}");
        };
        RawServer first = new RawServer(answering);
        HttpTransport transport = transport(first);
        Session session = new Session(transport, () -> {});
        transport.open(session);
        session.request("initialize", Rpc.object(), Await.LONG);
        first.close();
        // Bound without listening: no other process can take the port and answer there.
        try (Socket holder = new Socket()) {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port()));
            assertThatThrownBy(() -> session.request("tools/call", Rpc.object(), Await.LONG))
                    .hasMessageContaining("cannot be reached");
        }
        try (RawServer again = new RawServer(first.port(), answering)) {
            heads.clear();
            session.close();
            transport.send(Rpc.object().put("method", "notifications/initialized"), null);
            assertThat(heads).singleElement().asString().startsWith("POST ");
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
