package io.longhaul.client;

import io.longhaul.client.Transport.Call;
import io.longhaul.client.Transport.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A download that goes on where its connection broke. Files never change, so that parts of several answers fit together;
 * their tag is the SHA-256 of the content.
 */
final class Download {
    private static final String TAG = "\"[0-9a-f]{64}\"";

    /** Between two answers that break off at once. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Transport transport;
    private final String path;
    private final OutputStream to;
    private final MessageDigest digest = sha256();
    private String tag = "";
    private long received;
    private boolean complete;

    Download(Transport transport, String path, OutputStream to) {
        this.transport = transport;
        this.path = path;
        this.to = to;
    }

    /**
     * Downloads all of it.
     *
     * @param patience ends it when nothing has come for this time
     * @return the number of bytes
     * @throws IOException if the content cannot be written
     */
    long run(Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (!complete) {
            long before = received;
            IOException broken = take(transport.open(call()));
            if (received > before) {
                end = System.nanoTime() + patience.toNanos();
            }
            if (!complete && (!tag.matches(TAG) || System.nanoTime() > end)) {
                throw new UnreachableException("The download broke off after " + received + " bytes.", broken);
            }
            if (!complete && received == before) {
                Transport.sleep(PAUSE);
            }
        }
        if (tag.matches(TAG) && !tag.equals("\"" + HexFormat.of().formatHex(digest.digest()) + "\"")) {
            throw new LonghaulException(
                    "The content of the file is not what the server has stored: download it again.", null);
        }
        return received;
    }

    private Call call() {
        return received == 0
                ? Call.of("GET", path)
                : Call.of("GET", path, "Range", "bytes=" + received + "-", "If-Range", tag);
    }

    /** What broke it off; null if it came to its end. */
    private IOException take(Reply reply) throws IOException {
        try (InputStream content = reply.watched()) {
            if (received == 0) {
                tag = reply.headers().firstValue("ETag").orElse("");
            } else if (reply.status() != 206) {
                throw new LonghaulException("The file changed while it was downloaded.", null);
            }
            byte[] piece = new byte[1 << 16];
            while (true) {
                int length;
                try {
                    length = content.read(piece);
                } catch (IOException e) {
                    return e;
                }
                if (length < 0) {
                    complete = true;
                    return null;
                }
                to.write(piece, 0, length);
                digest.update(piece, 0, length);
                received += length;
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
