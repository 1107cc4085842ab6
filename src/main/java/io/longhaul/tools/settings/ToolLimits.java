package io.longhaul.tools.settings;

/**
 * What holds for a tool on all nodes together. Every node that has the tool should be configured alike: each keeps to
 * what it knows.
 *
 * @param clusterConcurrency how many jobs of the tool run at once, or null for no limit
 * @param keyConcurrency how many jobs of one concurrency key run at once; a job of this tool begins when fewer of its key
 *     run, whatever their tools
 * @param rate how many jobs of the tool begin in a time, or null for no limit
 * @param maxQueue how many jobs of the tool may wait for a worker before submits are refused, or null for no limit
 */
public record ToolLimits(Integer clusterConcurrency, int keyConcurrency, StartRate rate, Integer maxQueue) {
    /** What holds for a tool that says nothing: jobs of a key take turns, and that is all. */
    public static final ToolLimits NONE = new ToolLimits(null, 1, null, null);

    /** Checks the ranges. */
    public ToolLimits {
        if (clusterConcurrency != null) {
            Checks.range("cluster_concurrency", clusterConcurrency, 1, 100_000);
        }
        // Each round of the gate may look at so many jobs of a key.
        Checks.range("key_concurrency", keyConcurrency, 1, 1000);
        if (maxQueue != null) {
            Checks.range("max_queue", maxQueue, 1, 10_000_000);
        }
    }

    /**
     * Whether claims of the tool have to be counted across nodes.
     *
     * @return true with a limit on running or beginning jobs
     */
    public boolean acrossNodes() {
        return clusterConcurrency != null || rate != null;
    }
}
