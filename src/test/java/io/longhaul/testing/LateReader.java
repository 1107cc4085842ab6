package io.longhaul.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Jdbi;

/** A client of a server on loopback that reads nothing until no more has room on the way to it, and then all to the end. */
public final class LateReader implements AutoCloseable {
    /** Larger ones let the system keep megabytes on the way. */
    private static final int WINDOW = 32 << 10;

    /** The server has offered all that it has at once when nothing has come for half a second. */
    private static final int LOOKS = 25;

    private final Socket socket;
    private final BufferedReader lines;
    private int seen;
    private int still;

    /** Sends a request of HTTP/1.0, whose answer ends with the connection. It must be a long one. */
    public LateReader(int port, String request) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(WINDOW);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) Await.LONG.toMillis());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        InputStream in = socket.getInputStream();
        lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        Await.until("no more comes", Await.LONG, () -> {
            int before = seen;
            seen = in.available();
            still = before == seen ? still + 1 : 0;
            return before > WINDOW / 4 && still == LOOKS;
        });
    }

    /**
     * Adds lines to the log of a job. On loopback several megabytes have room on the way, more than 100 lines of a tool; so
     * these are longer, and JSON needs six bytes for each of their characters.
     */
    public static void addLines(TestDatabase database, String job, int count) {
        Jdbi.create(database.dataSource())
                .useHandle(handle -> handle.execute(
                        "INSERT INTO job_logs (job_id, attempt, logged_at, line)"
                                + " SELECT ?::uuid, 1, NOW(), repeat(chr(1), 30000) FROM generate_series(1, ?)",
                        job,
                        count));
    }

    /** Counts the lines with a beginning before the first with another, which must come. */
    public long count(String beginning, String last) throws IOException {
        long count = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(last)) {
                return count;
            }
            count += line.startsWith(beginning) ? 1 : 0;
        }
        throw new AssertionError("the answer ended after " + count);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
