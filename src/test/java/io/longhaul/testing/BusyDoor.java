package io.longhaul.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server and sends the first who comes away for a second; the others are let through. */
public final class BusyDoor implements AutoCloseable {
    private static final byte[] LATER =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket door;
    private final URI server;
    private final AtomicInteger sentAway = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Opens it.
     *
     * @param server such as {@code http://127.0.0.1:8080}
     */
    public BusyDoor(String server) throws IOException {
        this.server = URI.create(server);
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::open);
    }

    /**
     * Where it is.
     *
     * @return such as {@code http://127.0.0.1:8081}
     */
    public String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    /**
     * How many were sent away.
     *
     * @return one, once somebody came
     */
    public int sentAway() {
        return sentAway.get();
    }

    private void open() {
        while (!door.isClosed()) {
            try {
                Socket guest = door.accept();
                threads.execute(() -> receive(guest));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void receive(Socket guest) {
        try (guest) {
            if (sentAway.compareAndSet(0, 1)) {
                // The whole request first, or the answer is lost with the connection: ours fit into one piece.
                guest.getInputStream().read(new byte[1 << 16]);
                guest.getOutputStream().write(LATER);
                guest.shutdownOutput();
                guest.getInputStream().transferTo(OutputStream.nullOutputStream());
                return;
            }
            try (Socket host = new Socket(server.getHost(), server.getPort())) {
                threads.execute(() -> pass(guest, host));
                transfer(host.getInputStream(), guest.getOutputStream());
            }
        } catch (IOException e) {
            // Either side has gone, which is theirs to do.
            return;
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            transfer(from.getInputStream(), to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // As above.
            return;
        }
    }

    private static void transfer(InputStream from, OutputStream to) throws IOException {
        byte[] piece = new byte[1 << 14];
        for (int length = from.read(piece); length >= 0; length = from.read(piece)) {
            to.write(piece, 0, length);
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
