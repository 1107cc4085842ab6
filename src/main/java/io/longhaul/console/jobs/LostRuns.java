package io.longhaul.console.jobs;

import io.longhaul.api.jobs.JobAttempts.Attempt;
import io.longhaul.console.Words;
import java.time.Duration;
import java.util.List;

/**
 * Runs of a job whose work is lost, because their workers were.
 *
 * @param runs their number
 * @param time how long they took, until the losses were seen
 */
public record LostRuns(int runs, Duration time) {
    static LostRuns of(List<Attempt> attempts) {
        List<Attempt> lost = attempts.stream()
                .filter(attempt -> "lost".equals(attempt.status()))
                .toList();
        long millis = lost.stream()
                .filter(attempt -> attempt.durationMs() != null)
                .mapToLong(Attempt::durationMs)
                .sum();
        return new LostRuns(lost.size(), Duration.ofMillis(millis));
    }

    /** Such as {@code 2 runs, 3 min 5 s}. */
    public String words() {
        return Words.count(runs, "run", "runs") + ", " + Words.duration(time);
    }
}
