package io.longhaul.workers.claim;

import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;

/** How often the worker of a tool's job may be lost before the job fails. */
public final class Losses {
    private Losses() {}

    /**
     * The number.
     *
     * @param policy the tool's
     * @return 0 or more
     */
    public static int allowed(ToolPolicy policy) {
        return policy.onWorkerLoss() == OnWorkerLoss.FAIL ? 0 : policy.maxLosses();
    }
}
