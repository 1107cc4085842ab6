package io.longhaul.api;

import io.longhaul.api.intake.RetrySubmissions;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.operations.CancelPart;
import io.longhaul.operations.OperationWorker;
import io.longhaul.operations.Operations;
import io.longhaul.operations.RetryPart;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Operations, and the worker that a test steps. */
final class OperationSide {
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final Operations operations;
    private final OperationWorker worker;

    OperationSide(Jdbi jdbi, JobSignals signals, Intake intake, Duration usualTtl) {
        Telemetry telemetry = Telemetry.all();
        operations = new Operations(jdbi, telemetry);
        worker = new OperationWorker(
                jdbi,
                () -> true,
                new CancelPart(jdbi, signals),
                new RetryPart(jdbi, intake, new RetrySubmissions(usualTtl)::of),
                telemetry);
    }

    Operations operations() {
        return operations;
    }

    void work() {
        for (int steps = 0; steps < 1_000; steps++) {
            if (worker.run().equals(IDLE)) {
                return;
            }
        }
        throw new AssertionError("the work does not end");
    }
}
