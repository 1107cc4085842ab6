package io.longhaul.bench;

import java.util.List;

/**
 * How much was done in what time.
 *
 * @param jobs how many
 * @param seconds in all
 * @param millis how long each step took, ascending
 */
record Throughput(long jobs, double seconds, List<Double> millis) {
    double perSecond() {
        return jobs / seconds;
    }

    /** How long a step took that was slower than this share of all, in milliseconds; NaN when nothing was done. */
    double percentile(double share) {
        int size = millis.size();
        return size == 0 ? Double.NaN : millis.get((int) Math.min(size - 1L, (long) (share * size)));
    }
}
