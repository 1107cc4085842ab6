package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.RawServer;
import io.longhaul.testing.RawServer.Behaviour;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every attempt ends, once and in time, for any behaviour of a receiver. */
class SenderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Bound for this machine, not for the sender. */
    private static final long PATIENCE_SECONDS = 30;

    private static final byte[] BODY =
            "{\"type\": \"job.completed\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private Sender sender;

    @BeforeEach
    void start() {
        WebhooksConfiguration configuration = new WebhooksConfiguration(
                true, List.of(), TIMEOUT, 2, List.of(), 20_000, Duration.ofDays(1), Duration.ofHours(1));
        sender = new Sender(configuration, "test", InetAddress::getAllByName);
        sender.start();
    }

    @AfterEach
    void stop() {
        sender.stop();
    }

    private static ClaimedDelivery delivery(String url) {
        return new ClaimedDelivery(
                UUID.randomUUID(),
                1,
                0,
                "lane",
                "job.completed",
                "{}",
                null,
                url,
                null,
                null,
                false,
                null,
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00f067aa0ba902b7-00",
                Instant.now());
    }

    /** The outcome; a second one fails at once. */
    private CompletableFuture<DeliveryOutcome> send(String url) {
        CompletableFuture<DeliveryOutcome> end = new CompletableFuture<>();
        sender.send(delivery(url), BODY, attempted -> {
            if (!end.complete(attempted)) {
                twice.add(url);
            }
        });
        return end;
    }

    private final List<String> twice = new java.util.concurrent.CopyOnWriteArrayList<>();

    private static String url(RawServer server) {
        return "http://127.0.0.1:" + server.port() + "/hooks";
    }

    /** Sends to all at once, because most take their whole time; returns the outcomes as text. */
    private Map<String, String> ends(Map<String, Behaviour> behaviours) throws Exception {
        Map<String, CompletableFuture<DeliveryOutcome>> ends = new LinkedHashMap<>();
        Map<String, String> told = new LinkedHashMap<>();
        List<RawServer> servers = new ArrayList<>();
        try {
            for (Map.Entry<String, Behaviour> behaviour : behaviours.entrySet()) {
                RawServer server = new RawServer(behaviour.getValue());
                servers.add(server);
                String scheme = behaviour.getKey().startsWith("TLS") ? "https" : "http";
                ends.put(behaviour.getKey(), send(scheme + "://127.0.0.1:" + server.port() + "/hooks"));
            }
            for (Map.Entry<String, CompletableFuture<DeliveryOutcome>> end : ends.entrySet()) {
                DeliveryOutcome attempted = end.getValue()
                        .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .get();
                told.put(
                        end.getKey(),
                        attempted == null
                                ? "no end"
                                : attempted.status() == null ? attempted.error() : "" + attempted.status());
                if (attempted != null) {
                    assertThat(attempted.took()).as(end.getKey()).isLessThan(Duration.ofSeconds(PATIENCE_SECONDS));
                }
            }
            assertThat(servers)
                    .allSatisfy(server -> assertThat(server.requests()).isLessThanOrEqualTo(1));
        } finally {
            for (RawServer server : servers) {
                server.close();
            }
        }
        assertThat(twice).as("told twice").isEmpty();
        return told;
    }

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

    @Test
    void interimAnswersAreSkipped() throws Exception {
        String last = "HTTP/1.1 204 OK\n\n";
        Map<String, Behaviour> behaviours = new LinkedHashMap<>();
        for (int status : new int[] {100, 102, 103, 104, 110, 199}) {
            behaviours.put(status + " first", answering("HTTP/1.1 " + status + " Wait\n\n" + last));
            behaviours.put(status + " apart", talk -> {
                talk.request();
                talk.say("HTTP/1.1 " + status + " Wait\nLink: </style.css>\n\n");
                Thread.sleep(50);
                talk.say(last);
                talk.awaitEnd();
            });
            behaviours.put(status + " thrice", answering(("HTTP/1.1 " + status + " Wait\n\n").repeat(3) + last));
        }
        assertThat(ends(behaviours))
                .allSatisfy((name, end) -> assertThat(end).as(name).isEqualTo("204"));
    }

    /** Nobody may answer before a request. The client may see that before or after it has sent one. */
    @Test
    void anInterimAnswerBeforeTheRequestIsSkippedOrBreaksTheConnection() throws Exception {
        Behaviour early = talk -> {
            talk.say("HTTP/1.1 100 Continue\n\n");
            talk.request();
            talk.say("HTTP/1.1 204 OK\n\n");
            talk.awaitEnd();
        };
        assertThat(ends(Map.of("early", early)).get("early")).matches("204|the connection broke.*");
    }

    @Test
    void anAttemptEndsWhateverTheReceiverDoes() throws Exception {
        Map<String, Behaviour> behaviours = new LinkedHashMap<>();
        for (int status : new int[] {100, 102, 103, 150}) {
            String interim = "HTTP/1.1 " + status + " Wait\n\n";
            behaviours.put(status + " for ever", repeating("", interim, 0));
            behaviours.put(status + " for ever, slowly", repeating("", interim, 300));
            behaviours.put(status + " and nothing", answering(interim));
            behaviours.put(status + " and the end", talk -> {
                talk.request();
                talk.say(interim);
            });
            behaviours.put(status + " and a reset", talk -> {
                talk.request();
                talk.say(interim);
                talk.reset();
            });
            behaviours.put(status + " and garbage", answering(interim + "\u0000\u0001garbage"));
        }
        behaviours.put("headers of an interim answer for ever", repeating("HTTP/1.1 103 Wait\n", "A: b\n", 0));
        behaviours.put("headers for ever", repeating("HTTP/1.1 200 OK\n", "A: b\n", 0));
        behaviours.put("one header for ever", repeating("HTTP/1.1 200 OK\nA: ", "b".repeat(1000), 0));
        behaviours.put("headers for ever, slowly", repeating("HTTP/1.1 200 OK\n", "A: b\n", 50));
        behaviours.put("a status line for ever", repeating("HTTP/1.1 200 ", "b".repeat(1000), 0));
        behaviours.put("half a status line", answering("HTTP/1.1 20"));
        behaviours.put("half a status line and the end", talk -> {
            talk.request();
            talk.say("HTTP/1.1 20");
        });
        behaviours.put("the end at once", talk -> {});
        behaviours.put("a reset at once", RawServer.Talk::reset);
        behaviours.put("a reset after the request", talk -> {
            talk.request();
            talk.reset();
        });
        behaviours.put("the end after the request", RawServer.Talk::request);
        behaviours.put("nothing", RawServer.Talk::awaitEnd);
        behaviours.put("nothing is read", talk -> Thread.sleep(60_000));
        behaviours.put("garbage", answering("\u0016\u0003\u0001garbage\n\n"));
        behaviours.put("garbage for ever", repeating("", "x".repeat(1000), 0));
        behaviours.put("HTTP 0.9", talk -> {
            talk.request();
            talk.say("<html>hello</html>");
        });
        behaviours.put("HTTP 3", answering("HTTP/3.0 200 OK\n\n"));
        behaviours.put("another protocol", answering("ICY 200 OK\n\n"));
        behaviours.put("a status of five digits", answering("HTTP/1.1 20000 OK\n\n"));
        behaviours.put("a status of letters", answering("HTTP/1.1 abc OK\n\n"));
        behaviours.put("a status of zero", answering("HTTP/1.1 000 OK\n\n"));
        behaviours.put("a negative length", answering("HTTP/1.1 200 OK\nContent-Length: -1\n\n"));
        behaviours.put("a length of letters", answering("HTTP/1.1 200 OK\nContent-Length: abc\n\n"));
        behaviours.put("TLS that is none", answering("HTTP/1.1 200 OK\n\n"));
        behaviours.put("TLS without a word", RawServer.Talk::awaitEnd);
        behaviours.put("TLS and the end", talk -> {});
        behaviours.put("TLS and a reset", RawServer.Talk::reset);
        behaviours.put("TLS and an alert", talk -> {
            talk.say("\u0015\u0003\u0003\u0000\u0002\u0002(");
            talk.awaitEnd();
        });
        behaviours.put("TLS and garbage for ever", talk -> talk.sayForEver("x".repeat(1000), 0));
        Map<String, String> ends = ends(behaviours);
        assertThat(ends)
                .allSatisfy((name, end) ->
                        assertThat(end).as(name).isNotEqualTo("no end").isNotNull());
        assertThat(ends).allSatisfy((name, end) -> assertThat(end).as(name).doesNotMatch("2[0-9][0-9]"));
        assertThat(ends.get("103 for ever")).contains("interim");
        assertThat(ends.get("103 and nothing")).contains("no answer within 1000 ms");
    }

    @Test
    void theStatusCountsEvenIfTheBodyFails() throws Exception {
        Map<String, Behaviour> behaviours = new LinkedHashMap<>();
        String ok = "HTTP/1.1 200 OK\n";
        behaviours.put("200 with a body for ever", repeating(ok + "\n", "x".repeat(1000), 0));
        behaviours.put("200 with a body for ever, slowly", repeating(ok + "\n", "x", 50));
        behaviours.put("200 with chunks for ever", repeating(ok + "Transfer-Encoding: chunked\n\n", "1\nx\n", 0));
        behaviours.put("200 with half a body", talk -> {
            talk.request();
            talk.say(ok + "Content-Length: 100\n\nhalf");
        });
        behaviours.put("200 with half a body and silence", answering(ok + "Content-Length: 100\n\nhalf"));
        behaviours.put("200 with half a body and a reset", talk -> {
            talk.request();
            talk.say(ok + "Content-Length: 100\n\nhalf");
            Thread.sleep(200);
            talk.reset();
        });
        behaviours.put("200 with a bad chunk", answering(ok + "Transfer-Encoding: chunked\n\nZZ\nx\n"));
        behaviours.put("204 with a body", answering("HTTP/1.1 204 OK\nContent-Length: 5\n\nhello"));
        behaviours.put("304 with a body", answering("HTTP/1.1 304 OK\nContent-Length: 5\n\nhello"));
        behaviours.put("205 with a body", answering("HTTP/1.1 205 OK\nContent-Length: 5\n\nhello"));
        behaviours.put("200 that is not packed", answering(ok + "Content-Encoding: gzip\nContent-Length: 5\n\nhello"));
        behaviours.put("302 to itself", answering("HTTP/1.1 302 Found\nLocation: /hooks\nContent-Length: 0\n\n"));
        behaviours.put(
                "401 with a challenge", answering("HTTP/1.1 401 No\nWWW-Authenticate: Basic\nContent-Length: 0\n\n"));
        behaviours.put(
                "407 with a challenge", answering("HTTP/1.1 407 No\nProxy-Authenticate: Basic\nContent-Length: 0\n\n"));
        behaviours.put(
                "101 to another protocol",
                answering("HTTP/1.1 101 Switching\nConnection: upgrade\nUpgrade: websocket\n\n"));
        behaviours.put(
                "417 and more",
                answering("HTTP/1.1 417 No\nContent-Length: 0\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n"));
        behaviours.put("500 before the request is read", talk -> {
            talk.say("HTTP/1.1 500 No\nContent-Length: 0\nConnection: close\n\n");
            talk.awaitEnd();
        });
        behaviours.put("599 unheard of", answering("HTTP/1.1 599 No\nContent-Length: 0\n\n"));
        assertThat(ends(behaviours))
                .allSatisfy((name, end) -> assertThat(end).as(name).isEqualTo(name.substring(0, 3)));
    }

    @Test
    void anInvalidStoredAddressIsNeitherResolvedNorConnectedTo() throws Exception {
        sender.stop();
        WebhooksConfiguration configuration = new WebhooksConfiguration(
                true, List.of(), TIMEOUT, 2, List.of(), 20_000, Duration.ofDays(1), Duration.ofHours(1));
        List<String> lookedUp = new java.util.concurrent.CopyOnWriteArrayList<>();
        sender = new Sender(configuration, "test", name -> {
            lookedUp.add(name);
            throw new java.net.UnknownHostException(name);
        });
        sender.start();
        for (String host : List.of("0177.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1%25lo]", "[::ffff:7f00:1]")) {
            DeliveryOutcome end = send("http://" + host + ":1/hooks").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(end.error()).as(host).startsWith("its address must");
        }
        assertThat(lookedUp).isEmpty();
    }

    @Test
    void aConnectionThatLeavesHttpIsClosed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (RawServer server = new RawServer(talk -> {
            talk.request();
            talk.say("HTTP/1.1 101 Switching\nConnection: upgrade\nUpgrade: websocket\n\n");
            talk.awaitEnd();
            closed.complete(null);
        })) {
            assertThat(send(url(server)).get(PATIENCE_SECONDS, TimeUnit.SECONDS).status())
                    .isEqualTo(101);
            closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aMisbehavingReceiverTakesNoSlotForGood() throws Exception {
        try (RawServer server = new RawServer(repeating("", "HTTP/1.1 103 Wait\n\n", 0))) {
            for (int i = 0; i < 20; i++) {
                assertThat(send(url(server))
                                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                                .error())
                        .containsAnyOf("interim", "no answer within");
            }
            Await.until("its connections are closed", Duration.ofSeconds(PATIENCE_SECONDS), () -> server.open() == 0);
        }
    }
}
