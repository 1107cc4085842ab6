package io.longhaul.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.Await;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of clients that read slowly or not at all, on a server with few threads. */
class EventStreamsTest {
    private static final int CLIENTS = 40;

    /** More than the buffers of a connection hold. */
    private static final int LARGE = 16 << 20;

    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final EventStreams streams = new EventStreams(
            "test-streams", Duration.ofMillis(200), PATIENCE, null, new StreamMemory(Long.MAX_VALUE / 2));
    private final EventStreams brief =
            new EventStreams("brief-streams", Duration.ofMillis(200), PATIENCE, Duration.ofMillis(300));
    private final StreamMemory little = new StreamMemory(1 << 20);
    private final EventStreams scarce =
            new EventStreams("scarce-streams", Duration.ofMillis(200), PATIENCE, null, little);
    private final AtomicInteger unbuffered = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final Server server = new Server(new QueuedThreadPool(8));
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(new Streaming());
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/");
        server.setHandler(new Handler.Wrapper(context) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                Request.addCompletionListener(
                        request,
                        failure -> unbuffered.addAndGet(request.getAttribute(EventStreams.UNBUFFERED) == null ? 0 : 1));
                return super.handle(request, response, callback);
            }
        });
        server.start();
        streams.start();
        brief.start();
        scarce.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        streams.stop();
        brief.stop();
        scarce.stop();
        server.stop();
    }

    /** Answers each request with one event of the size that its query names, or with several if it names two numbers. */
    private final class Streaming extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            if (request.getRequestURI().equals("/answer")) {
                answer(context, response, Integer.parseInt(request.getQueryString()));
                return;
            }
            EventStreams kind =
                    Map.of("/brief", brief, "/scarce", scarce).getOrDefault(request.getRequestURI(), streams);
            EventStream stream = kind.open(context, new EventStream.End() {
                @Override
                public void closed(EventStream gone) {
                    closed.incrementAndGet();
                    if (request.getRequestURI().equals("/failing")) {
                        throw new OutOfMemoryError("a test");
                    }
                }

                @Override
                public void abandoned() {
                    abandoned.incrementAndGet();
                }
            });
            String[] sizes = request.getQueryString().split("x");
            byte[] event = EventStream.event("message", new byte[Integer.parseInt(sizes[0])]);
            if (sizes.length == 1) {
                stream.offer(event);
            } else {
                for (int i = 0; i < Integer.parseInt(sizes[1]); i++) {
                    stream.offerBounded(event);
                }
            }
            kind.start(stream);
            opened.incrementAndGet();
        }
    }

    private void answer(AsyncContext context, HttpServletResponse response, int size) {
        if (!scarce.send(context, new byte[size])) {
            response.setStatus(429);
            context.complete();
        }
    }

    private String status(String address) throws IOException {
        return new String(open(address).readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII).substring(9);
    }

    private InputStream open(int size) throws IOException {
        return open("/?" + size);
    }

    private InputStream open(String address) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        socket.setSoTimeout((int) Await.LONG.toMillis());
        sockets.add(socket);
        String request = "GET " + address + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket.getInputStream();
    }

    @Test
    void clientsThatReadNothingHoldNoThreadAndAreDropped() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            open(LARGE);
        }
        Await.until("all are opened", Await.LONG, () -> opened.get() == CLIENTS);

        assertThat(open(10).read()).as("another client is served").isEqualTo('H');

        Await.until("all but the one that reads are dropped", Await.LONG, () -> closed.get() == CLIENTS);
        assertThat(streams.size()).isEqualTo(1);
        assertThat(abandoned).as("none of them has closed its connection").hasValue(0);
    }

    @Test
    void aClientThatReadsSlowlyGetsAllOfALargeEvent() throws IOException {
        InputStream answer = open(LARGE);
        long begun = System.nanoTime();
        long read = 0;
        byte[] part = new byte[1 << 20];
        while (read < LARGE) {
            int count = answer.readNBytes(part, 0, part.length);
            assertThat(count).as("it was not dropped after " + read + " bytes").isPositive();
            read += count;
            Await.until("some time has passed", Await.LONG, deadline(begun, Duration.ofMillis(read / 8_000)));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .as("longer than the patience")
                .isGreaterThan(Duration.ofMillis(1500));
        assertThat(closed).hasValue(0);
    }

    @Test
    void ofASeriesThatItsSenderBoundsAllIsReadHoweverMuchWaits() throws IOException {
        InputStream answer = open("/?" + EventStream.MOST_WAITING + "x8");
        assertThat(answer.readNBytes(8 * EventStream.MOST_WAITING)).hasSize(8 * EventStream.MOST_WAITING);
        assertThat(closed).hasValue(0);

        open("/?" + EventStream.MOST_WAITING + "x16");
        Await.until("the one that reads nothing is dropped", Await.LONG, () -> closed.get() == 1);
    }

    private static Callable<Boolean> deadline(long begun, Duration time) {
        return () -> System.nanoTime() - begun > time.toNanos();
    }

    @Test
    void aStreamOfAGreatAgeEndsOnceAllIsWrittenIfItsKindHasALimit() throws IOException {
        assertThat(open(10).read()).isEqualTo('H');
        byte[] answer = open("/brief?100000").readAllBytes();

        assertThat(answer).as("it ended by itself").hasSizeGreaterThan(100_000);
        Await.until("it has ended", Await.LONG, () -> closed.get() == 1);
        assertThat(abandoned).hasValue(0);
        assertThat(brief.size()).isZero();
        assertThat(streams.size()).as("the other kind has no limit").isEqualTo(1);
    }

    @Test
    void aClientThatClosesItsConnectionHasAbandonedItsStreamUnlessTheNodeStops() throws IOException {
        open(10).read();
        sockets.get(0).close();
        Await.until("a write has failed", Await.LONG, () -> closed.get() == 1);
        assertThat(abandoned).hasValue(1);

        InputStream other = open(10);
        assertThat(other.read()).isEqualTo('H');
        streams.release();
        Await.until("it has ended", Await.LONG, () -> closed.get() == 2);
        assertThat(abandoned).hasValue(1);
        assertThat(streams.size()).isZero();
    }

    @Test
    void aClientIsDroppedAlthoughItsFollowerFails() throws IOException {
        InputStream answer = open("/failing?10");
        assertThat(answer.read()).isEqualTo('H');
        assertThatThrownBy(streams::release).isInstanceOf(OutOfMemoryError.class);

        assertThat(answer.readAllBytes()).as("the connection ends").isNotEmpty();
        assertThat(closed).hasValue(1);
    }

    @Test
    void whatWaitsForAllClientsTogetherIsLimited() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            open("/scarce?" + LARGE);
        }
        Await.until("all but one find no room", Await.LONG, () -> closed.get() == CLIENTS - 1);
        assertThat(little.waiting()).isBetween((long) LARGE, LARGE + 1000L);
        assertThat(status("/scarce?10")).as("a client that reads").isEqualTo("200");

        Await.until("all is given back", Await.LONG, () -> closed.get() == CLIENTS && little.waiting() < 10);
    }

    @Test
    void largeAnswersAreRefusedWhileTooMuchWaitsForSlowClients() throws IOException {
        InputStream slow = open("/answer?" + LARGE);
        Await.until("it waits", Await.LONG, () -> little.waiting() == LARGE);
        assertThat(status("/answer?100000")).isEqualTo("429");
        assertThat(status("/answer?10")).isEqualTo("200");

        Await.until("the patience is over", Await.LONG, () -> little.waiting() == 0);
        assertThat(slow.readAllBytes()).hasSizeLessThan(LARGE);
        assertThat(status("/answer?100000")).isEqualTo("200");
        Await.until("no answer is buffered twice", Await.LONG, () -> unbuffered.get() == sockets.size());
    }
}
