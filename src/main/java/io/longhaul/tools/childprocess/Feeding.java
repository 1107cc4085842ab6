package io.longhaul.tools.childprocess;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Writes to the input of a program on other threads, one step after the other. */
final class Feeding {
    private final Executor threads;
    private final Runnable closeInput;
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    /** {@code closeInput} runs, any number of times, when a step fails or finds no thread; no step runs then. */
    Feeding(Executor threads, Runnable closeInput) {
        this.threads = threads;
        this.closeInput = closeInput;
    }

    boolean isDone() {
        return last.isDone();
    }

    /** Takes a step after all others. After one that failed it is not taken. */
    void then(Runnable step) {
        last = last.thenRunAsync(step, threads);
        var unused = last.whenComplete((done, failure) -> {
            if (failure != null) {
                try {
                    broken.completeExceptionally(failure);
                } finally {
                    // Or else the program would wait for the rest as long as it may run.
                    closeInput.run();
                }
            }
        });
    }

    /** Tells of the first step that failed. */
    void onBroken(Consumer<Throwable> listener) {
        var unused = broken.whenComplete((none, failure) -> listener.accept(new UnfedException(
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure)));
    }
}
