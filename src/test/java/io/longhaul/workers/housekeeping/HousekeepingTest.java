package io.longhaul.workers.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.TestNode;
import io.longhaul.workers.Workers;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HousekeepingTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static Housekeeping on(long node) {
        Node one = TestNode.of(JOBS.jdbi(), new RecordedTelemetry());
        one.state().registered(JOBS.run(node));
        return new Housekeeping(one);
    }

    private static void lapse(long node) {
        JOBS.update("UPDATE nodes SET lease_until = NOW() - INTERVAL '1 s' WHERE id = ?", node);
    }

    private static void forget(long node) {
        JOBS.update("DELETE FROM nodes WHERE id = ?", node);
    }

    @Test
    void oneNodeHoldsATaskAndKeepsItWhileItLives() {
        Housekeeping first = on(JOBS.liveNode());
        Housekeeping second = on(JOBS.liveNode());
        assertThat(first.isHeld("dusting")).isTrue();
        assertThat(second.isHeld("dusting")).isFalse();
        assertThat(first.isHeld("dusting")).isTrue();
        assertThat(second.isHeld("washing")).isTrue();
    }

    @Test
    void theNextNodeTakesTheTaskOfANodeWhoseLeaseHasLapsed() {
        long dead = JOBS.liveNode();
        assertThat(on(dead).isHeld("dusting")).isTrue();
        lapse(dead);
        Housekeeping next = on(JOBS.liveNode());
        assertThat(next.isHeld("dusting")).isTrue();
        assertThat(on(dead).isHeld("dusting")).isFalse();
        assertThat(next.isHeld("dusting")).isTrue();
    }

    @Test
    void theNextNodeTakesTheTaskOfARemovedNode() {
        long gone = JOBS.liveNode();
        assertThat(on(gone).isHeld("dusting")).isTrue();
        forget(gone);
        assertThat(on(JOBS.liveNode()).isHeld("dusting")).isTrue();
    }

    @Test
    void aNodeWithoutALeaseTakesNothing() {
        long lapsed = JOBS.liveNode();
        lapse(lapsed);
        assertThat(on(lapsed).isHeld("dusting")).isFalse();
        assertThat(new Housekeeping(TestNode.of(JOBS.jdbi(), new RecordedTelemetry())).isHeld("dusting"))
                .isFalse();
        assertThat(JOBS.count("SELECT count(*) FROM housekeepers")).isZero();
    }

    @Test
    void oneOfManyNodesThatLookAtOnceTakesTheTask() {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Housekeeping one = on(JOBS.liveNode());
            all.add(CompletableFuture.supplyAsync(() -> one.isHeld("dusting")));
        }
        assertThat(all.stream().filter(CompletableFuture::join)).hasSize(1);
    }

    @Test
    void holdingATaskWritesNothing() {
        Housekeeping holder = on(JOBS.liveNode());
        holder.isHeld("dusting");
        String before = row();
        holder.isHeld("dusting");
        on(JOBS.liveNode()).isHeld("dusting");
        assertThat(row()).isEqualTo(before);
    }

    private static String row() {
        return JOBS.jdbi()
                .withHandle(handle -> handle.select("SELECT ctid::text || ' ' || xmax FROM housekeepers")
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void theSecondNodeGoesOnWhenTheFirstStops() {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        TestNode one = new TestNode(DATABASE, working(first));
        try (TestNode two = new TestNode(DATABASE, working(second)).awaitRegistered()) {
            Await.until("one of them works", () -> first.get() + second.get() > 2);
            assertThat(Math.min(first.get(), second.get())).isZero();
            one.close();
            Await.until("the other works", () -> second.get() > 1);
            assertThat(two.telemetry.loopFailures).isEmpty();
        }
    }

    private static Consumer<Workers> working(AtomicInteger times) {
        return workers -> workers.housekeeping().add("dusting", () -> {
            times.incrementAndGet();
            return Duration.ofMillis(10);
        });
    }
}
