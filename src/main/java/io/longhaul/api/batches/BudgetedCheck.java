package io.longhaul.api.batches;

import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.SubmissionRejected.Reason;
import java.time.Duration;
import java.util.List;

/**
 * Checks the jobs of one request, which may be many. Each may take its time, all of them not: those that are slow to check
 * use up the request's patience, and the rest is refused unseen.
 */
public final class BudgetedCheck {
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Intake intake;
    private final Duration slow;
    private final Duration patience;
    private long spent;

    public BudgetedCheck(Intake intake) {
        this(intake, SLOW, PATIENCE);
    }

    /** With times of its own: from when on a check is slow, and how long the slow ones may take together. */
    public BudgetedCheck(Intake intake, Duration slow, Duration patience) {
        this.intake = intake;
        this.slow = slow;
        this.patience = patience;
    }

    public void check(Submission submission) throws SubmissionRejected {
        if (spent > patience.toNanos()) {
            throw new SubmissionRejected(
                    Reason.INVALID_PARAMS,
                    "The params were not looked at: those before took more than " + patience.toSeconds()
                            + " s to be checked against the schema of their tool. Send fewer at once.",
                    List.of());
        }
        long begin = System.nanoTime();
        try {
            intake.check(submission);
        } finally {
            long taken = System.nanoTime() - begin;
            spent += taken >= slow.toNanos() ? taken : 0;
        }
    }
}
