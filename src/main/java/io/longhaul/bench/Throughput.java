package io.longhaul.bench;

import java.util.List;

/**
 * An amount of work and the time it took.
 *
 * @param jobs number of jobs
 * @param seconds total time
 * @param millis duration of each step, ascending
 */
record Throughput(long jobs, double seconds, List<Double> millis) {
    double perSecond() {
        return jobs / seconds;
    }

    /** The duration that this share of all steps did not exceed, in milliseconds; NaN if nothing was done. */
    double percentile(double share) {
        int size = millis.size();
        return size == 0 ? Double.NaN : millis.get((int) Math.min(size - 1L, (long) (share * size)));
    }
}
