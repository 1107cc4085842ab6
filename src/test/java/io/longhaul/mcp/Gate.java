package io.longhaul.mcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a server that can be shut: then all its connections break, and no new ones are made. It has a loopback address of
 * its own, so that nobody takes its port meanwhile.
 */
final class Gate implements AutoCloseable {
    static final String HOST = "127.77.0.1";

    private final URI target;
    private final InetSocketAddress address;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile ServerSocket door;

    /** An open gate to a URL. */
    Gate(String url) throws IOException {
        target = URI.create(url);
        door = new ServerSocket(0, 50, InetAddress.getByName(HOST));
        address = (InetSocketAddress) door.getLocalSocketAddress();
        start(this::accept);
    }

    URI url() {
        return URI.create(
                "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + target.getPath());
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
        again.bind(address);
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
