package io.longhaul.workers;

import io.longhaul.tools.OnWorkerLoss;
import io.longhaul.tools.ToolPolicy;

/** How often the worker of a tool's job may be lost before the job fails. */
final class Losses {
    private Losses() {}

    static int allowed(ToolPolicy policy) {
        return policy.onWorkerLoss() == OnWorkerLoss.FAIL ? 0 : policy.maxLosses();
    }
}
