package io.longhaul.workers.remote;

import io.longhaul.loops.Loop;
import io.longhaul.questions.Asking;
import io.longhaul.questions.StoredQuestion;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Requests of workers that wait for the answer to a question. Notifications tell of most answers at once; a look each second
 * finds all others.
 */
final class AnswerWaits {
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Asking asking;
    private final Queue<Wait> waits = new ConcurrentLinkedQueue<>();
    private final Loop.WakeUp due = new Loop.WakeUp();
    private volatile boolean released;

    private record Wait(Asking.Key question, CompletableFuture<Optional<StoredQuestion>> settled) {}

    AnswerWaits(Asking asking) {
        this.asking = asking;
    }

    /** Raised when a step is due at once. */
    Loop.WakeUp due() {
        return due;
    }

    /** Waits until a question is answered or its time is over; the answer is empty if neither came within the wait. */
    CompletableFuture<Optional<StoredQuestion>> await(StoredQuestion question, Duration longest) {
        CompletableFuture<Optional<StoredQuestion>> settled = new CompletableFuture<>();
        if (longest.isZero()) {
            settled.complete(Optional.empty());
            return settled;
        }
        settled.completeOnTimeout(Optional.empty(), longest.toMillis(), TimeUnit.MILLISECONDS);
        waits.add(new Wait(new Asking.Key(question.row().jobId(), question.row().key()), settled));
        // Asked afterwards: a stop that came before has not seen the wait.
        if (released) {
            settled.complete(Optional.empty());
        }
        due.raise();
        return settled;
    }

    /** Looks again, because questions of these jobs were answered. */
    void answered(Collection<UUID> jobs) {
        if (waits.stream().anyMatch(wait -> jobs.contains(wait.question().job()))) {
            due.raise();
        }
    }

    /** Ends all waits, now and from now on, because this node stops. */
    void release() {
        released = true;
        waits.forEach(wait -> wait.settled().complete(Optional.empty()));
    }

    /** A step of the loop. */
    Duration step() {
        waits.removeIf(wait -> wait.settled().isDone());
        List<Wait> now = List.copyOf(waits);
        if (now.isEmpty()) {
            return IDLE;
        }
        Map<Asking.Key, StoredQuestion> settled = new HashMap<>();
        asking.settled(now.stream().map(Wait::question).distinct().toList())
                .forEach(question -> settled.put(
                        new Asking.Key(question.row().jobId(), question.row().key()), question));
        now.forEach(wait -> Optional.ofNullable(settled.get(wait.question()))
                .ifPresent(question -> wait.settled().complete(Optional.of(question))));
        return LOOK;
    }
}
