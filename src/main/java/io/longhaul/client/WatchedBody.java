package io.longhaul.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer. A silence that lasts too long counts as a broken connection: the timeout of {@code java.net.http}
 * ends with the headers, and a machine that vanishes closes nothing.
 */
final class WatchedBody extends FilterInputStream {
    private final Duration longestSilence;

    WatchedBody(InputStream in, Duration longestSilence) {
        super(in);
        this.longestSilence = longestSilence;
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        CompletableFuture<Void> silence =
                new CompletableFuture<Void>().orTimeout(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
        var unused = silence.whenComplete((heard, timeout) -> {
            if (timeout != null) {
                closeQuietly();
            }
        });
        try {
            return in.read(bytes, from, length);
        } catch (IOException e) {
            throw silence.isCompletedExceptionally() ? new HttpTimeoutException("The answer broke off.") : e;
        } finally {
            silence.complete(null);
        }
    }

    /** A reader that waits for the body then gets an exception. */
    private void closeQuietly() {
        try {
            in.close();
        } catch (IOException e) {
            // It is given up anyway.
            return;
        }
    }
}
