package io.longhaul.workers.run;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.loops.Loop;
import io.longhaul.questions.Asking;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.telemetry.StopReason;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The running attempts that wait for answers. Polling finds all answers; notifications save the wait. An attempt that has
 * waited for as long as its tool lets it is ended: its job waits without it.
 */
final class InputWaits {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 500;

    private final Asking asking;
    private final Stopper stopper;
    private final Loop.Failures failures;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final Loop.WakeUp due = new Loop.WakeUp();
    private volatile boolean ending;

    /** Stops an attempt. */
    interface Stopper {
        void stop(Execution execution, StopReason reason);
    }

    private record Wait(Execution execution, Asking.Key question, long untilNanos, CompletableFuture<Answer> answer) {
        boolean isOver() {
            return System.nanoTime() - untilNanos >= 0;
        }
    }

    InputWaits(Asking asking, Stopper stopper, Loop.Failures failures) {
        this.asking = asking;
        this.stopper = stopper;
        this.failures = failures;
    }

    /** Raised when a step is due at once. */
    Loop.WakeUp due() {
        return due;
    }

    /** Asks a question of an attempt; without its lease the answer never comes. */
    CompletableFuture<Answer> ask(Execution execution, Question question) throws InterruptedException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Optional<StoredQuestion> asked = stored(execution, question);
        if (asked.isEmpty()) {
            return answer;
        }
        if (!settle(asked.get(), answer)) {
            begin(execution, asked.get(), answer);
        }
        return answer;
    }

    /** Tries again until the database takes the question, or the attempt is stopped. */
    private Optional<StoredQuestion> stored(Execution execution, Question question) throws InterruptedException {
        for (int tries = 1; !execution.isStopped() && !execution.isOver(); tries++) {
            try {
                return asking.ask(execution.lease(), question, execution.inputPolicy());
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (RuntimeException e) {
                if (DatabaseFault.of(e).refuses()) {
                    throw e;
                }
                failures.failed("answers", tries, e);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
        return Optional.empty();
    }

    private void begin(Execution execution, StoredQuestion asked, CompletableFuture<Answer> answer) {
        long until = System.nanoTime() + execution.inputPolicy().hold().toNanos();
        execution.pauseTime();
        Wait wait = new Wait(execution, key(asked), until, answer);
        waits.add(wait);
        if (execution.isOver()) {
            // Another thread of the tool asks, and over() was called before the wait was there to be removed.
            waits.remove(wait);
            return;
        }
        if (ending) {
            stopper.stop(execution, StopReason.WAITS_FOR_INPUT);
        }
        due.raise();
    }

    private static Asking.Key key(StoredQuestion asked) {
        return new Asking.Key(asked.row().jobId(), asked.row().key());
    }

    private static boolean settle(StoredQuestion asked, CompletableFuture<Answer> answer) {
        if (asked.row().isAnswered()) {
            answer.complete(asked.answer());
        } else if (asked.row().expired()) {
            answer.completeExceptionally(asked.unanswered());
        }
        return answer.isDone();
    }

    /** Questions of these jobs were answered. */
    void answered(Collection<UUID> jobs) {
        if (waits.stream().anyMatch(wait -> jobs.contains(wait.question().job()))) {
            due.raise();
        }
    }

    /** The attempt is over: nobody waits any more. */
    void over(Execution execution) {
        if (!waits.isEmpty()) {
            waits.removeIf(wait -> wait.execution().equals(execution));
        }
    }

    /** Ends all attempts that wait, now and from now on, because the node stops. */
    void endAll() {
        ending = true;
        waits.forEach(wait -> stopper.stop(wait.execution(), StopReason.WAITS_FOR_INPUT));
    }

    /** A step of the loop. */
    Duration look() {
        List<Wait> now = List.copyOf(waits);
        if (now.isEmpty()) {
            return IDLE;
        }
        Map<Asking.Key, StoredQuestion> settled =
                asking.settled(now.stream().map(Wait::question).distinct().toList()).stream()
                        .collect(Collectors.toMap(InputWaits::key, question -> question));
        for (Wait wait : now) {
            StoredQuestion question = settled.get(wait.question());
            if (question != null) {
                finish(wait, question);
            } else if (wait.isOver()) {
                stopper.stop(wait.execution(), StopReason.WAITS_FOR_INPUT);
            }
        }
        return waits.isEmpty() ? IDLE : untilNext();
    }

    private void finish(Wait wait, StoredQuestion question) {
        if (waits.remove(wait)) {
            wait.execution().resumeTime();
            settle(question, wait.answer());
        }
    }

    private Duration untilNext() {
        long now = System.nanoTime();
        long nanos = waits.stream()
                .mapToLong(wait -> wait.untilNanos() - now)
                .filter(left -> left > 0)
                .min()
                .orElse(POLL.toNanos());
        return Duration.ofNanos(Math.min(nanos, POLL.toNanos()));
    }
}
