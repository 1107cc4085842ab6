package io.longhaul.api.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiServer;
import io.longhaul.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that arrive slowly, by a clock of the test, and answers that nobody reads. */
class LanesTest {
    private static final int THREADS = 16;
    private static final int KIB = 1024;

    /** More than the buffers of the answer and of the connection hold. */
    private static final int LARGE = 24 << 20;

    /** Room for three large bodies, and for many small ones. */
    private static final int BUFFERS = 8 << 20;

    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicLong read = new AtomicLong();
    private final AtomicInteger large = new AtomicInteger();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Lanes lanes = new Lanes(THREADS, BUFFERS, () -> {
            long now = nanos.get();
            begun.countDown();
            return now;
        });
        lanes.setHandler(new Work());
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(600_000);
        server.addConnector(connector);
        server.setHandler(lanes);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    /** Sends a large answer, or reads the body and answers 200, or 408 if it does not arrive in time. */
    private final class Work extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            if (request.getMethod().equals("GET")) {
                large.incrementAndGet();
                for (int sent = 0; sent < LARGE; sent += 64 * KIB) {
                    Content.Sink.write(response, false, ByteBuffer.allocate(64 * KIB));
                }
                callback.succeeded();
                return true;
            }
            try (InputStream body = Content.Source.asInputStream(request)) {
                byte[] part = new byte[16 * KIB];
                for (int count = body.read(part); count >= 0; count = body.read(part)) {
                    read.addAndGet(count);
                }
                callback.succeeded();
            } catch (IOException e) {
                boolean late = e.getCause() instanceof TimeoutException;
                Response.writeError(request, response, callback, late ? 408 : 400);
            }
            return true;
        }
    }

    /** Sends a request and the beginning of its body. */
    private Socket begin(int length, int sent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        sockets.add(socket);
        socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
        String head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        send(socket, sent);
        return socket;
    }

    private static void send(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(new byte[bytes]);
    }

    private void pass(Duration time) throws InterruptedException {
        assertThat(begun.await(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        nanos.addAndGet(time.toNanos());
    }

    private static String status(Socket socket) throws IOException {
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        return new String(answer, StandardCharsets.US_ASCII);
    }

    @Test
    void aBodyOfWhichAByteArrivesNowAndThenFails() throws Exception {
        Socket dripping = begin(1000, 10);
        pass(Duration.ofSeconds(31));
        send(dripping, 1);
        assertThat(status(dripping)).isEqualTo("HTTP/1.1 408");
    }

    @Test
    void aBodyMayTakeTheLongerTheMoreOfItHasArrived() throws Exception {
        Socket slow = begin(500 * KIB, 300 * KIB);
        Await.until("what was sent has arrived", Await.LONG, () -> arrived() >= 300 * KIB);
        pass(Duration.ofSeconds(60));
        send(slow, 200 * KIB);
        assertThat(status(slow)).isEqualTo("HTTP/1.1 200");
    }

    /** Bytes that the server has read from its only connection. */
    private long arrived() {
        return connector.getConnectedEndPoints().stream()
                .mapToLong(client -> client.getConnection().getBytesIn())
                .sum();
    }

    @Test
    void largeBodiesLeaveRoomForSmallOnes() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            try {
                begin(1 << 20, 600 * KIB);
            } catch (IOException e) {
                refused.incrementAndGet();
            }
        }
        // The end of a connection may overtake its answer.
        Await.until("no other fits", Await.LONG, () -> refused.get() + answered() >= 3);
        assertThat(status(begin(60 * KIB, 60 * KIB))).isEqualTo("HTTP/1.1 200");
    }

    private int answered() throws IOException {
        int answered = 0;
        for (Socket socket : sockets) {
            answered += socket.getInputStream().available() > 0 ? 1 : 0;
        }
        return answered;
    }

    @Test
    void bodiesThatAreBeingReadGiveTheirBuffersBack() throws Exception {
        for (int i = 1; i <= THREADS / 2; i++) {
            begin(2 << 20, 1500 * KIB);
            long sent = i * 1500L * KIB;
            Await.until("it is being read", Await.LONG, () -> read.get() == sent);
        }
        assertThat(answered()).isZero();
    }

    private Socket get() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4 * KIB);
        socket.setSoTimeout((int) ApiServer.PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void largeAnswersThatNobodyReadsMakeWay() throws Exception {
        for (int i = 0; i < 3 * THREADS; i++) {
            get();
        }
        Await.until("all are begun", Await.LONG, () -> large.get() == 3 * THREADS);
        assertThat(status(begin(10, 10))).isEqualTo("HTTP/1.1 200");
    }

    @Test
    void aSlowReaderOfALargeAnswerGetsAllOfIt() throws Exception {
        Socket slow = get();
        Await.until("it is begun", Await.LONG, () -> large.get() == 1);
        assertThat(status(begin(10, 10))).isEqualTo("HTTP/1.1 200");
        assertThat(slow.getInputStream().readAllBytes().length).isGreaterThanOrEqualTo(LARGE);
    }
}
