package io.longhaul.jobs;

/**
 * The questions of a job's tool, counted.
 *
 * @param asked all that were asked
 * @param open those that can still be answered; none once the job has ended
 */
public record Inputs(int asked, int open) {
    public static final Inputs NONE = new Inputs(0, 0);

    /** True while somebody is to answer. */
    public boolean anyOpen() {
        return open > 0;
    }
}
