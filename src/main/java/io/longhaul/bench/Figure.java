package io.longhaul.bench;

/**
 * One thing measured, beside its floor.
 *
 * @param work what was done
 * @param setting with how many clients, or slots
 * @param unit of value and floor: {@code jobs/s}, where more is better, or {@code ms}, where less is
 * @param value median over the runs
 * @param floor what plain SQL reached in the same runs, median; NaN where there is nothing to compare with
 * @param p50 milliseconds a call took, median
 * @param p99 milliseconds within which 99 of 100 calls were answered
 */
public record Figure(String work, String setting, String unit, double value, double floor, double p50, double p99) {
    /**
     * How the two compare.
     *
     * @return value by floor
     */
    public double ratio() {
        return value / floor;
    }
}
