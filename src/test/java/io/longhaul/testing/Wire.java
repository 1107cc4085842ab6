package io.longhaul.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A connection to a server that a test can cut, like a dead server, or freeze, like a vanished one. It has a loopback address
 * of its own, so that nobody takes its port while it is cut.
 */
public final class Wire implements AutoCloseable {
    public static final String HOST = "127.77.0.1";

    private final InetSocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile ServerSocket server;
    private volatile Thread accepting;
    private volatile CountDownLatch flow = new CountDownLatch(0);

    public Wire(String host, int port) throws IOException {
        this.target = new InetSocketAddress(host, port);
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    public int port() {
        return port;
    }

    public void cut() {
        try {
            server.close();
            // The system listens for as long as a thread is inside accept().
            Await.until("no connection is accepted any more", Duration.ofSeconds(10), () -> !accepting.isAlive());
            for (Socket socket : sockets) {
                socket.close();
            }
            sockets.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void join() throws IOException {
        server = listen(port);
    }

    public void freeze() {
        flow = new CountDownLatch(1);
    }

    public void thaw() {
        flow.countDown();
    }

    @Override
    public void close() {
        thaw();
        cut();
    }

    private ServerSocket listen(int at) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), at));
        accepting = start(() -> accept(socket));
        return socket;
    }

    private void accept(ServerSocket from) throws IOException {
        while (!from.isClosed()) {
            Socket client = from.accept();
            Socket upstream = new Socket();
            sockets.add(client);
            sockets.add(upstream);
            upstream.connect(target);
            start(() -> pump(client, upstream));
            start(() -> pump(upstream, client));
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                flow.await();
                out.write(buffer, 0, n);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The wire was cut.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
