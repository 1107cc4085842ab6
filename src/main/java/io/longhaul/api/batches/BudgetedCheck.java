package io.longhaul.api.batches;

import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.SubmissionRejected.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Checks the jobs of one request within a budget. One slow check is allowed, many are not: once slow checks have used up the
 * budget, the remaining jobs are refused unchecked.
 */
final class BudgetedCheck {
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final Duration BUDGET = Duration.ofSeconds(10);

    /** A message that looks for the tool that was meant compares the names of all; a request may have 100,000 wrong ones. */
    private static final int MOST_HINTS = 100;

    private final Intake intake;
    private final Duration slow;
    private final Duration budget;
    private long spent;
    private int refused;

    BudgetedCheck(Intake intake) {
        this(intake, SLOW, BUDGET);
    }

    /** Checks that take at least {@code slow} count against {@code budget}. */
    BudgetedCheck(Intake intake, Duration slow, Duration budget) {
        this.intake = intake;
        this.slow = slow;
        this.budget = budget;
    }

    public void check(Submission submission) throws SubmissionRejected {
        if (spent > budget.toNanos()) {
            throw new SubmissionRejected(
                    Reason.INVALID_PARAMS,
                    "The params were not looked at: those before took more than " + budget.toSeconds()
                            + " s to be checked against the schema of their tool. Send fewer at once.",
                    List.of());
        }
        long begin = System.nanoTime();
        try {
            intake.check(refused < MOST_HINTS ? submission : submission.limitedTo(Set.of()));
        } catch (SubmissionRejected e) {
            refused++;
            throw e;
        } finally {
            long taken = System.nanoTime() - begin;
            spent += taken >= slow.toNanos() ? taken : 0;
        }
    }
}
