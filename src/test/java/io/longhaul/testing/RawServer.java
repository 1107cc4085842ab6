package io.longhaul.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that answers with whatever bytes it likes, HTTP or not. */
public final class RawServer implements AutoCloseable {
    /** What is done with a connection; it is closed afterwards. */
    public interface Behaviour {
        /**
         * Talks.
         *
         * @param talk the connection
         * @throws Exception when the other end has gone
         */
        void talk(Talk talk) throws Exception;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> accepting;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * Listens.
     *
     * @param behaviour of each connection
     * @throws IOException if it cannot
     */
    public RawServer(Behaviour behaviour) throws IOException {
        this(0, behaviour);
    }

    /**
     * Listens on a port.
     *
     * @param port 0 for any
     * @param behaviour of each connection
     * @throws IOException if it cannot
     */
    public RawServer(int port, Behaviour behaviour) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        accepting = CompletableFuture.runAsync(() -> accept(behaviour), threads);
    }

    private void accept(Behaviour behaviour) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                threads.execute(() -> talk(behaviour, socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Behaviour behaviour, Socket socket) {
        try (socket) {
            behaviour.talk(new Talk(socket, requests));
        } catch (Exception e) {
            // The other end has gone, or this one was closed.
        } finally {
            open.remove(socket);
        }
    }

    /**
     * Where it listens.
     *
     * @return a port of loopback
     */
    public int port() {
        return server.getLocalPort();
    }

    /**
     * How many connections were made.
     *
     * @return from the start
     */
    public int connections() {
        return connections.get();
    }

    /**
     * How many requests were read to the end of their heads.
     *
     * @return from the start, on all connections
     */
    public int requests() {
        return requests.get();
    }

    /**
     * How many connections the other end has not closed yet.
     *
     * @return as it is now
     */
    public int open() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        // The system listens for as long as a thread is inside accept(), and what came last has to be closed, too.
        accepting.join();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    /** A connection. */
    public static final class Talk {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final AtomicInteger requests;

        Talk(Socket socket, AtomicInteger requests) throws IOException {
            this.socket = socket;
            this.requests = requests;
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /**
         * Reads one request with its body, as its Content-Length says.
         *
         * @return its head
         * @throws IOException at the end of the stream, too
         */
        public String request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                head.append((char) next);
            }
            requests.incrementAndGet();
            var length = java.util.regex.Pattern.compile("(?i)content-length: *([0-9]+)")
                    .matcher(head);
            if (length.find()) {
                in.readNBytes(Integer.parseInt(length.group(1)));
            }
            return head.toString();
        }

        /**
         * Writes.
         *
         * @param text with \n for each line break of HTTP
         * @throws IOException if nobody takes it
         */
        public void say(String text) throws IOException {
            out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /**
         * Writes one thing again and again, until nobody takes it.
         *
         * @param text what
         * @param pauseMillis between two
         * @throws Exception when nobody takes it
         */
        public void sayForEver(String text, long pauseMillis) throws Exception {
            while (true) {
                say(text);
                if (pauseMillis > 0) {
                    Thread.sleep(pauseMillis);
                }
            }
        }

        /**
         * Breaks off, so that the other end sees a reset.
         *
         * @throws IOException if it cannot
         */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /**
         * Says nothing until the other end closes.
         *
         * @throws IOException when it resets
         */
        public void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // Whatever comes.
            }
        }
    }
}
