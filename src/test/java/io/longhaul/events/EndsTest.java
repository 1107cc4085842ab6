package io.longhaul.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waits for ends that do not come. */
class EndsTest {
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private final Ends ends = new BatchEnds(TestDatabase.jdbi(DATABASE.dataSource()::getConnection));

    @Test
    void anEndIsForgottenOnceItsLastWaitIsOver() {
        CompletableFuture<Void> first = ends.whenEnded(ONE);
        CompletableFuture<Void> second = ends.whenEnded(ONE);
        ends.whenEnded(OTHER).completeOnTimeout(null, 1, TimeUnit.MILLISECONDS);
        Await.until("the wait times out", Await.LONG, () -> ends.awaited().equals(Set.of(ONE)));

        first.complete(null);
        assertThat(second).isNotDone();
        assertThat(ends.awaited()).containsExactly(ONE);

        second.complete(null);
        assertThat(ends.isAwaited()).isFalse();
    }

    @Test
    void anEndReachesAllWhoWait() {
        CompletableFuture<Void> first = ends.whenEnded(ONE);
        CompletableFuture<Void> second = ends.whenEnded(ONE);

        ends.ended(List.of(ONE, OTHER));

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(ends.isAwaited()).isFalse();
    }

    /** Who begins to wait when the end is told waits for the next look. */
    @Test
    void aWaitThatBeginsAtTheEndIsKept() {
        CompletableFuture<Void> next = ends.whenEnded(ONE)
                .thenCompose(done -> CompletableFuture.completedFuture(ends.whenEnded(ONE)))
                .thenCompose(begun -> {
                    assertThat(begun).isNotDone();
                    assertThat(ends.awaited()).containsExactly(ONE);
                    return begun;
                });

        ends.ended(List.of(ONE));
        assertThat(next).isNotDone();
        ends.ended(List.of(ONE));
        assertThat(next).isCompleted();
    }
}
