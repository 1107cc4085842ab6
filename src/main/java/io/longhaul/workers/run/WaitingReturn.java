package io.longhaul.workers.run;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobTransitions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Returns jobs that were claimed ahead and found no slot in time, so that other nodes can take them. */
public final class WaitingReturn {
    /** Several times what a job claimed ahead should wait. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Jdbi jdbi;
    private final Executions executions;
    private final Consumer<List<ClaimedJob>> returned;

    public WaitingReturn(Jdbi jdbi, Executions executions, Consumer<List<ClaimedJob>> returned) {
        this.jdbi = jdbi;
        this.executions = executions;
        this.returned = returned;
    }

    /** A step of a loop. */
    public void look() {
        returnWaiting(PATIENCE);
    }

    /** Returns all that has not begun: the node stops. */
    public void returnAll() {
        returnWaiting(Duration.ZERO);
    }

    private void returnWaiting(Duration atLeast) {
        List<Execution> late = executions.takeWaiting(atLeast);
        if (late.isEmpty()) {
            return;
        }
        List<Lease> leases =
                late.stream().map(Execution::lease).sorted(Leases.ORDER).toList();
        try {
            jdbi.useExtension(
                    JobTransitions.class,
                    t -> t.unclaim(Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases)));
        } finally {
            // Should the statement fail, these leases are known to nobody here and are given back as such.
            executions.forget(late);
            returned.accept(late.stream().map(Execution::job).toList());
        }
    }
}
