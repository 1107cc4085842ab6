package io.longhaul.console;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What is being made at this moment, so that whoever wants the same waits for it instead of making it, too. Nobody waits
 * longer than the limit, nor for a second making.
 *
 * @param <K> what tells one thing from another
 */
final class Makings<K> {
    private final ConcurrentMap<K, CountDownLatch> running = new ConcurrentHashMap<>();
    private final Duration longest;

    Makings(Duration longest) {
        this.longest = longest;
    }

    /**
     * Begins to make something, or waits until whoever makes it has ended, well or not.
     *
     * @return true if the caller makes it, and has to call {@link #end} in any case
     */
    boolean begin(K key) throws InterruptedException {
        CountDownLatch other = running.putIfAbsent(key, new CountDownLatch(1));
        if (other == null) {
            return true;
        }
        other.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        return false;
    }

    void end(K key) {
        running.remove(key).countDown();
    }
}
