package io.longhaul.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.campaign.History.Call;
import io.longhaul.campaign.History.Kind;
import io.longhaul.campaign.History.Row;
import io.longhaul.campaign.History.Run;
import io.longhaul.campaign.History.State;
import io.longhaul.campaign.Violation.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge of campaigns, on histories that it must accept and on others that each break one rule. */
class JudgeTest {
    private static final long SECOND = 1_000_000_000;
    private static final State PENDING = new State("pending", 0, null);
    private static final State RUNNING = new State("running", 1, null);
    private static final State BACK = new State("pending", 1, null);
    private static final State COMPLETED = new State("completed", 2, "1");
    private static final State FAILED = new State("failed", 2, null);

    private final List<Call> calls = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private Row row;

    /** A job that lost its first node, and was completed by its second attempt. */
    @BeforeEach
    void aValidHistory() {
        calls.add(new Call(Kind.SUBMIT, "k", null, null, 1 * SECOND, History.NEVER));
        calls.add(submit("k", "j", PENDING, 2));
        calls.add(read(RUNNING, 4));
        calls.add(read(BACK, 6));
        calls.add(read(COMPLETED, 10));
        runs.add(new Run("j", 1, "a", 3 * SECOND, History.NEVER));
        runs.add(new Run("j", 2, "b", 7 * SECOND, 9 * SECOND));
        row = row(COMPLETED, Map.of(1, "a"));
    }

    private static Call submit(String key, String job, State saw, long second) {
        return new Call(Kind.SUBMIT, key, job, saw, second * SECOND, second * SECOND + SECOND / 2);
    }

    private static Call read(State saw, long second) {
        return new Call(Kind.READ, null, "j", saw, second * SECOND, second * SECOND + SECOND / 2);
    }

    private static Call cancel(long second) {
        return new Call(Kind.CANCEL, null, "j", State.CANCELLED, second * SECOND, second * SECOND + SECOND / 2);
    }

    private static Row row(State end, Map<Integer, String> over) {
        return new Row("j", "k", end, "b", true, over);
    }

    private List<Violation> judged() {
        return Judge.violations(new History(calls, runs, row == null ? List.of() : List.of(row)));
    }

    private void rejects(Rule rule, Object first, Object second) {
        assertThat(judged()).contains(new Violation("j", rule, first, second));
        assertThat(judged().get(0).toString()).contains("job j").contains(" is broken by ");
    }

    @Test
    void aValidHistoryIsAccepted() {
        assertThat(judged()).isEmpty();
    }

    @Test
    void randomValidHistoriesAreAccepted() {
        long seed = System.nanoTime() % 1_000_000;
        for (int i = 0; i < 2_000; i++) {
            History history = RandomHistory.of(new Random(seed + i), 5);
            assertThat(Judge.violations(history)).as("seed " + (seed + i)).isEmpty();
        }
    }

    @Test
    void anAcceptedJobWithoutARowIsLost() {
        row = null;
        rejects(Rule.AN_ACCEPTED_JOB_IS_NEVER_LOST, calls.get(1), "no row");
    }

    @Test
    void anAcceptedJobThatIsNotFoundIsLost() {
        calls.add(read(State.ABSENT, 5));
        rejects(Rule.AN_ACCEPTED_JOB_IS_NEVER_LOST, calls.get(2), calls.get(5));
    }

    @Test
    void aKeyCannotStandForTwoJobs() {
        calls.add(0, submit("k", "i", PENDING, 1));
        rejects(Rule.A_KEY_STANDS_FOR_ONE_JOB, calls.get(0), calls.get(2));
    }

    @Test
    void aJobCannotHaveTwoKeys() {
        calls.add(submit("other", "j", COMPLETED, 11));
        rejects(Rule.A_KEY_STANDS_FOR_ONE_JOB, calls.get(5), row);
    }

    @Test
    void aJobCannotComeFromNowhere() {
        calls.subList(0, 2).clear();
        rejects(Rule.A_JOB_COMES_FROM_A_SUBMIT, "no submit of its key", row);
    }

    @Test
    void anEndThatAClientSawCannotBecomeAnother() {
        row = row(FAILED, Map.of(1, "a", 2, "b"));
        rejects(Rule.AN_END_IS_FINAL, calls.get(4), row);
    }

    @Test
    void anEndedJobCannotRunAgain() {
        calls.add(read(RUNNING, 11));
        rejects(Rule.READS_NEVER_GO_BACK, calls.get(4), calls.get(5));
    }

    @Test
    void anAttemptThatBeganCannotBeUndone() {
        calls.add(read(PENDING, 5));
        rejects(Rule.READS_NEVER_GO_BACK, calls.get(2), calls.get(5));
    }

    @Test
    void aClaimThatWasGivenBackBeforeItsToolBeganIsNoStepBack() {
        calls.add(read(PENDING, 5));
        runs.set(0, new Run("j", 1, "a", 6 * SECOND, History.NEVER));
        assertThat(judged()).isEmpty();
    }

    @Test
    void aReadBesideAnotherMayBeOlder() {
        calls.add(new Call(Kind.READ, null, "j", RUNNING, 4 * SECOND, 12 * SECOND));
        assertThat(judged()).isEmpty();
    }

    @Test
    void aResultThatAClientSawMustBeStored() {
        calls.add(read(new State("completed", 2, "2"), 11));
        rejects(Rule.A_RESULT_IS_THE_STORED_ONE, calls.get(5), row);
    }

    @Test
    void aCancelledJobCannotBeCompletedLater() {
        calls.set(4, cancel(8));
        rejects(Rule.A_CANCEL_IS_KEPT, calls.get(4), row);
    }

    @Test
    void aCancelledJobCannotGoOn() {
        calls.set(4, cancel(8));
        calls.add(read(BACK, 9));
        row = row(new State("cancelled", 2, null), Map.of(1, "a"));
        rejects(Rule.A_CANCEL_IS_KEPT, calls.get(4), calls.get(5));
    }

    @Test
    void aJobIsNotCancelledByNobody() {
        calls.remove(4);
        row = row(new State("cancelled", 2, null), Map.of(1, "a"));
        rejects(Rule.ONLY_CLIENTS_CANCEL, "no cancel", row);
    }

    @Test
    void aJobCannotStayUnended() {
        calls.remove(4);
        row = row(new State("running", 2, null), Map.of(1, "a"));
        rejects(Rule.EVERY_JOB_ENDS, "the end of the campaign", row);
    }

    @Test
    void anAttemptCannotRunTwice() {
        runs.add(new Run("j", 2, "b", 8 * SECOND, 9 * SECOND));
        rejects(Rule.AN_ATTEMPT_RUNS_ONCE, runs.get(1), runs.get(2));
    }

    @Test
    void anAttemptCannotFailAndCompleteItsJob() {
        row = row(COMPLETED, Map.of(1, "a", 2, "b"));
        rejects(Rule.ONE_ATTEMPT_IS_EFFECTIVE, row.over(), row);
    }

    @Test
    void anAttemptCannotVanish() {
        row = row(COMPLETED, Map.of());
        rejects(Rule.ONE_ATTEMPT_IS_EFFECTIVE, "attempt 1 has no end", row);
    }

    @Test
    void anAttemptBeyondTheRowCannotRun() {
        runs.add(new Run("j", 3, "b", 11 * SECOND, 12 * SECOND));
        rejects(Rule.RUNS_MATCH_THE_ROW, runs.get(2), row);
    }

    @Test
    void anAttemptCannotRunOnAnotherNode() {
        runs.set(0, new Run("j", 1, "c", 3 * SECOND, History.NEVER));
        rejects(Rule.RUNS_MATCH_THE_ROW, runs.get(0), row);
    }

    @Test
    void aJobCannotRunBeforeItIsSubmitted() {
        runs.set(0, new Run("j", 1, "a", 0, History.NEVER));
        rejects(Rule.A_JOB_RUNS_AFTER_ITS_SUBMIT, runs.get(0), calls.subList(0, 2));
    }

    @Test
    void aJobCannotBeCompletedByAToolThatWasCutOff() {
        runs.set(1, new Run("j", 2, "b", 7 * SECOND, History.NEVER));
        rejects(Rule.A_COMPLETED_JOB_HAS_RUN, runs.get(1), row);
    }

    @Test
    void aJobCannotBeCompletedBeforeItsToolHasEnded() {
        runs.set(1, new Run("j", 2, "b", 7 * SECOND, 11 * SECOND));
        rejects(Rule.A_COMPLETED_JOB_HAS_RUN, runs.get(1), calls.get(4));
    }
}
