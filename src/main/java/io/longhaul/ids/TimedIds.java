package io.longhaul.ids;

import java.util.UUID;

/**
 * Random ids whose first ten bits move with time: they are the same for 65 s, and come back after 18.6 hours. So the
 * rows of one time go to the same thousandth of each index that is led by such an id. With ids that are all random,
 * each new row reads and writes a page of its own once the index is larger than the memory of PostgreSQL.
 *
 * <p>Ten bits are enough for that, and few: the first eight digits, which people read and search, still have 22 random
 * bits, and the whole id has 112, so that it cannot be guessed.
 */
public final class TimedIds {
    private static final int TIMED_BITS = 10;

    /** A block is 2^16 ms long: at 10,000 jobs a second its part of an index has 650,000 entries, some 20 MB. */
    private static final int BLOCK_BITS = 16;

    private TimedIds() {}

    /** A UUID of version 4. */
    public static UUID uuid() {
        UUID random = UUID.randomUUID();
        return new UUID(timed(random.getMostSignificantBits()), random.getLeastSignificantBits());
    }

    /** The bits with the first ten replaced by those of now. */
    public static long timed(long random) {
        return timed(random, System.currentTimeMillis());
    }

    static long timed(long random, long millis) {
        return ((millis >>> BLOCK_BITS) << (Long.SIZE - TIMED_BITS)) | (random & (-1L >>> TIMED_BITS));
    }
}
