package io.longhaul.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.Await;
import io.longhaul.tools.params.Storable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TreeMemoryTest {
    private static final String LARGE = "[" + "[],".repeat(10_000) + "[]]";

    private final TreeMemory memory = new TreeMemory(1 << 20);

    @Test
    void aLargeTreeWaitsForTheRoomOfAnotherAndASmallOneDoesNot() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(() -> memory.with(LARGE, () -> {
            begun.countDown();
            return awaited(end);
        }));
        begun.await();
        CompletableFuture<String> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(memory.with(LARGE, () -> "done")));
        waiting.start();
        Await.until("the second waits", Await.LONG, () -> waiting.getState() == Thread.State.WAITING);
        assertThat(memory.<String, RuntimeException>with("[1,2]", () -> "small"))
                .isEqualTo("small");
        assertThat(second).isNotDone();
        end.countDown();
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(first.get(60, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void roomIsGivenBackAfterAFailure() {
        assertThatThrownBy(() -> memory.with(LARGE, () -> {
                    throw new IllegalStateException("x");
                }))
                .hasMessage("x");
        assertThat(memory.<Integer, RuntimeException>with(LARGE, () -> 7)).isEqualTo(7);
    }

    @Test
    void namesAndValuesAreCountedWithAndWithoutAParser() throws Exception {
        for (String json : new String[] {"7", "[]", "[1,[2,{}],{\"a\":[3],\"b\":4}]", "\"[,:\""}) {
            try (var parser = Storable.parser(json)) {
                parser.nextToken();
                int exact = JsonSize.of(parser);
                assertThat(JsonSize.atMost(json)).isGreaterThanOrEqualTo(exact);
                assertThat(exact).isEqualTo(json.contains("a") ? 11 : 1);
            }
        }
    }
}
