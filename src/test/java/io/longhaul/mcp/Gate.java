package io.longhaul.mcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a server that can be shut: then all its connections break, and no new ones are made. */
final class Gate implements AutoCloseable {
    private final URI target;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile ServerSocket door;

    /** An open gate to a URL. */
    Gate(String url) throws IOException {
        target = URI.create(url);
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        port = door.getLocalPort();
        start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port + target.getPath());
    }

    void shut() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    void open() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        door = again;
        start(this::accept);
    }

    @Override
    public void close() throws IOException {
        shut();
    }

    private void accept() throws IOException {
        ServerSocket own = door;
        while (!own.isClosed()) {
            Socket client = own.accept();
            Socket server = new Socket(target.getHost(), target.getPort());
            sockets.addAll(List.of(client, server));
            start(() -> pump(client, server));
            start(() -> pump(server, client));
        }
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The gate was shut.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
