package io.longhaul.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Thousands of HTTP clients on one thread, each with a connection and one request of its own. */
public final class ManyClients implements AutoCloseable {
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "many-clients");
    private final List<IOException> failures = new CopyOnWriteArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private volatile boolean over;

    /** Opens nothing yet. */
    public ManyClients() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Connects, and sends a request.
     *
     * @param address such as {@code http://127.0.0.1:8080}
     * @param request all of it
     * @param reader gets each part of the answer as it comes; on one thread for all clients
     */
    public void send(String address, String request, Consumer<String> reader) throws IOException {
        URI uri = URI.create(address);
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, reader);
        selector.wakeup();
    }

    /** What went wrong with connections. */
    public List<IOException> failures() {
        return failures;
    }

    private void run() {
        while (!over) {
            try {
                selector.select(this::read, 100);
            } catch (IOException e) {
                failures.add(e);
            }
        }
    }

    private void read(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            buffer.clear();
            int count = channel.read(buffer);
            if (count < 0) {
                channel.close();
                return;
            }
            @SuppressWarnings("unchecked")
            Consumer<String> reader = (Consumer<String>) key.attachment();
            reader.accept(new String(buffer.array(), 0, count, StandardCharsets.UTF_8));
        } catch (IOException e) {
            failures.add(e);
            key.cancel();
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
