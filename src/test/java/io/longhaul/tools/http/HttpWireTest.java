package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.RawServer;
import io.longhaul.testing.RawServer.Behaviour;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call ends, for any answer of the server. */
class HttpWireTest {
    private static Behaviour answering(String text) {
        return talk -> {
            talk.request();
            talk.say(text);
            talk.awaitEnd();
        };
    }

    private static Behaviour repeating(String first, String text, long pauseMillis) {
        return talk -> {
            talk.request();
            talk.say(first);
            talk.sayForEver(text, pauseMillis);
        };
    }

    /** Makes all calls at once, because some take their whole time. */
    private static Map<String, ToolResult> results(Map<String, Behaviour> behaviours) throws Exception {
        List<RawServer> servers = new ArrayList<>();
        Map<String, RecordedCall> calls = new LinkedHashMap<>();
        Map<String, ToolResult> results = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Behaviour> behaviour : behaviours.entrySet()) {
                RawServer server = new RawServer(behaviour.getValue());
                servers.add(server);
                String scheme = behaviour.getKey().startsWith("TLS") ? "https" : "http";
                calls.put(
                        behaviour.getKey(),
                        new RecordedCall("{}")
                                .start(TestTools.one(
                                        "- {type: http, name: a, max_response: 1KiB, answer_timeout: 2s, url: '"
                                                + scheme + "://127.0.0.1:" + server.port() + "/x'}\n")));
            }
            for (Map.Entry<String, RecordedCall> call : calls.entrySet()) {
                results.put(call.getKey(), call.getValue().await());
            }
        } finally {
            for (RawServer server : servers) {
                server.close();
            }
        }
        return results;
    }

    @Test
    void interimAnswersAreSkipped() throws Exception {
        String last = "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 1\n\n1";
        Map<String, Behaviour> behaviours = new LinkedHashMap<>();
        for (int status : new int[] {100, 102, 103, 110}) {
            String interim = "HTTP/1.1 " + status + " Wait\n\n";
            behaviours.put(status + " once", answering(interim + last));
            behaviours.put(status + " thrice", answering(interim.repeat(3) + last));
        }
        assertThat(results(behaviours))
                .allSatisfy((name, result) -> assertThat(result).as(name).isEqualTo(new ToolResult.Success("1")));
    }

    @Test
    void aCallEndsWhateverTheServerDoes() throws Exception {
        Map<String, Behaviour> behaviours = new LinkedHashMap<>();
        for (int status : new int[] {100, 102, 103}) {
            String interim = "HTTP/1.1 " + status + " Wait\n\n";
            behaviours.put(status + " for ever", repeating("", interim, 0));
            behaviours.put(status + " for ever, slowly", repeating("", interim, 200));
            behaviours.put(status + " and nothing", answering(interim));
            behaviours.put(status + " and the end", talk -> {
                talk.request();
                talk.say(interim);
            });
        }
        String ok = "HTTP/1.1 200 OK\n";
        behaviours.put("101", answering("HTTP/1.1 101 Switching\nConnection: upgrade\nUpgrade: websocket\n\n"));
        behaviours.put("headers for ever", repeating(ok, "A: b\n", 0));
        behaviours.put("one header for ever", repeating(ok + "A: ", "b".repeat(1000), 0));
        behaviours.put("a status line for ever", repeating("HTTP/1.1 200 ", "b".repeat(1000), 0));
        behaviours.put("a body for ever", repeating(ok + "\n", "x".repeat(1000), 0));
        behaviours.put("a body for ever, slowly", repeating(ok + "\n", "x", 100));
        behaviours.put("half a body", answering(ok + "Content-Length: 100\n\nhalf"));
        behaviours.put("half a body and the end", talk -> {
            talk.request();
            talk.say(ok + "Content-Length: 100\n\nhalf");
        });
        behaviours.put("a bad chunk", answering(ok + "Transfer-Encoding: chunked\n\nZZ\nx\n"));
        behaviours.put("the end at once", talk -> {});
        behaviours.put("a reset", RawServer.Talk::reset);
        behaviours.put("nothing", RawServer.Talk::awaitEnd);
        behaviours.put("garbage", answering("\u0016\u0003\u0001garbage\n\n"));
        behaviours.put("another protocol", answering("ICY 200 OK\n\n"));
        behaviours.put("a status of letters", answering("HTTP/1.1 abc OK\n\n"));
        behaviours.put("a negative length", answering(ok + "Content-Length: -1\n\n"));
        behaviours.put("TLS that is none", answering(ok + "\n"));
        behaviours.put("TLS without a word", RawServer.Talk::awaitEnd);
        Map<String, ToolResult> results = results(behaviours);
        assertThat(results)
                .hasSameSizeAs(behaviours)
                .allSatisfy((name, result) -> assertThat(result).as(name).isInstanceOf(ToolResult.Failure.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "DELETE", "POST"})
    void anAttemptSendsItsRequestOnceAlthoughNoAnswerComes(String method) throws Exception {
        try (RawServer server = new RawServer(RawServer.Talk::request)) {
            ToolResult result = new RecordedCall("{}")
                    .start(TestTools.one("- {type: http, name: a, method: " + method + ", url: 'http://127.0.0.1:"
                            + server.port() + "/x'}\n"))
                    .await();
            assertThat(result)
                    .isInstanceOfSatisfying(
                            ToolResult.Failure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                    .asString()
                    .contains("had no answer: the connection broke (");
            assertThat(server.requests()).isOne();
        }
    }
}
