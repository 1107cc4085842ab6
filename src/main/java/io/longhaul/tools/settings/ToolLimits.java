package io.longhaul.tools.settings;

/**
 * Limits of a tool on all nodes together. Every node that has the tool should be configured alike, because each applies
 * its own configuration.
 *
 * @param clusterConcurrency jobs of the tool that run at once, or null for no limit
 * @param keyConcurrency jobs of one concurrency key that run at once; a job of this tool begins when fewer jobs of its
 *     key run, of any tool
 * @param rate bound on beginning jobs of the tool, or null
 * @param maxQueue jobs of the tool that may wait before submits are refused, or null for no limit
 */
public record ToolLimits(Integer clusterConcurrency, int keyConcurrency, StartRate rate, Integer maxQueue) {
    /** One job of a key at a time, and no other limit. */
    public static final ToolLimits NONE = new ToolLimits(null, 1, null, null);

    /** Checks the ranges. */
    public ToolLimits {
        if (clusterConcurrency != null) {
            Checks.range("cluster_concurrency", clusterConcurrency, 1, 100_000);
        }
        // Each round of the gate may look at this many jobs of a key.
        Checks.range("key_concurrency", keyConcurrency, 1, 1000);
        if (maxQueue != null) {
            Checks.range("max_queue", maxQueue, 1, 10_000_000);
        }
    }

    /** Returns true with a limit on running or beginning jobs: claims of the tool are then counted across nodes. */
    public boolean acrossNodes() {
        return clusterConcurrency != null || rate != null;
    }
}
