package io.longhaul.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A wire to a PostgreSQL that breaks in the middle of a commit: once the server has carried a statement out and answers,
 * the answer is lost, or the statement is lost before it reaches the server.
 */
public final class CutWire implements AutoCloseable {
    /** ReadyForQuery of a session outside of a transaction: what was asked for is committed. */
    private static final byte[] COMMITTED = {'Z', 0, 0, 0, 5, 'I'};

    private final InetSocketAddress target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile Cut next;
    private volatile boolean refusing;

    /** When the wire breaks: before the server hears of the statement, at once after that, or after it has committed. */
    private enum Moment {
        BEFORE,
        DURING,
        AFTER
    }

    private record Cut(String statement, Moment moment, boolean stayAway) {}

    private CutWire(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /**
     * A wire that holds.
     *
     * @param database where it leads
     * @return to be closed
     */
    public static CutWire to(TestDatabase database) {
        URI address = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        try {
            return new CutWire(new InetSocketAddress(address.getHost(), address.getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The same database by this wire.
     *
     * @param database where the wire leads
     * @return a new connection each time
     */
    public DataSource dataSource(TestDatabase database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(database.user());
        source.setPassword(database.password());
        return source;
    }

    /**
     * Where this wire begins.
     *
     * @param database where the wire leads
     * @return the address of the same database by this wire
     */
    public String url(TestDatabase database) {
        return database.jdbcUrl().replaceFirst("//[^/]*/", "//127.0.0.1:" + server.getLocalPort() + "/");
    }

    /**
     * Breaks once, when the server has committed.
     *
     * @param statement a part of the statement's text
     */
    public void cutAfterCommitOf(String statement) {
        next = new Cut(statement, Moment.AFTER, false);
    }

    /**
     * Breaks once, before the server hears of a statement.
     *
     * @param statement a part of its text
     */
    public void cutBefore(String statement) {
        next = new Cut(statement, Moment.BEFORE, false);
    }

    /**
     * Breaks once, when the server has got a statement and before it answers.
     *
     * @param statement a part of its text
     */
    public void cutDuring(String statement) {
        next = new Cut(statement, Moment.DURING, false);
    }

    /**
     * Breaks when the server has committed, and lets nobody through from then on.
     *
     * @param statement a part of the statement's text
     */
    public void cutForGoodAfterCommitOf(String statement) {
        next = new Cut(statement, Moment.AFTER, true);
    }

    /** Breaks all connections, and lets nobody through from then on. */
    public void cut() {
        refusing = true;
        sockets.forEach(CutWire::closeQuietly);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * How often somebody was not let through.
     *
     * @return connections that were closed at once
     */
    public int refusals() {
        return refusals.get();
    }

    /** Lets everybody through again. */
    public void join() {
        refusing = false;
    }

    /**
     * How often it broke.
     *
     * @return 0 if the statement never came
     */
    public int cuts() {
        return cuts.get();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            if (refusing) {
                refusals.incrementAndGet();
                client.close();
                continue;
            }
            Socket upstream = new Socket();
            sockets.add(client);
            sockets.add(upstream);
            upstream.connect(target);
            Session session = new Session(client, upstream);
            start(session::ask);
            start(session::answer);
        }
    }

    private final class Session {
        private final Socket client;
        private final Socket upstream;
        private volatile Cut cut;

        Session(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void ask() throws IOException {
            pump(client, upstream, bytes -> {
                Cut wanted = next;
                if (wanted == null || !new String(bytes, StandardCharsets.ISO_8859_1).contains(wanted.statement())) {
                    return true;
                }
                next = null;
                if (wanted.moment() == Moment.AFTER) {
                    cut = wanted;
                    return true;
                }
                if (wanted.moment() == Moment.DURING) {
                    upstream.getOutputStream().write(bytes);
                }
                return broken(wanted);
            });
        }

        void answer() throws IOException {
            pump(upstream, client, bytes -> cut == null || !endsWith(bytes, COMMITTED) || broken(cut));
        }

        private boolean broken(Cut by) {
            refusing = by.stayAway();
            cuts.incrementAndGet();
            return false;
        }
    }

    private interface Gate {
        boolean passes(byte[] bytes) throws IOException;
    }

    private static void pump(Socket from, Socket to, Gate gate) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 20];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                byte[] bytes = java.util.Arrays.copyOf(buffer, n);
                if (!gate.passes(bytes)) {
                    return;
                }
                out.write(bytes);
            }
        }
    }

    private static boolean endsWith(byte[] bytes, byte[] end) {
        int from = bytes.length - end.length;
        return from >= 0 && java.util.Arrays.equals(bytes, from, bytes.length, end, 0, end.length);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The wire is cut.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
