package io.longhaul.campaign;

/**
 * A broken rule.
 *
 * @param job whose
 * @param first the earlier event
 * @param second the one that does not fit it
 */
record Violation(String job, Rule rule, Object first, Object second) {
    /** What a job owes to its clients. */
    enum Rule {
        AN_ACCEPTED_JOB_IS_NEVER_LOST,
        A_KEY_STANDS_FOR_ONE_JOB,
        A_JOB_COMES_FROM_A_SUBMIT,
        AN_END_IS_FINAL,
        READS_NEVER_GO_BACK,
        A_RESULT_IS_THE_STORED_ONE,
        A_CANCEL_IS_KEPT,
        ONLY_CLIENTS_CANCEL,
        EVERY_JOB_ENDS,
        AN_ATTEMPT_RUNS_ONCE,
        ONE_ATTEMPT_IS_EFFECTIVE,
        RUNS_MATCH_THE_ROW,
        A_JOB_RUNS_AFTER_ITS_SUBMIT,
        A_COMPLETED_JOB_HAS_RUN
    }

    @Override
    public String toString() {
        return "job " + job + ": " + rule + " is broken by " + first + " and " + second;
    }
}
