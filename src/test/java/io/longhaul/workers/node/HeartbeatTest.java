package io.longhaul.workers.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.Outage;
import io.longhaul.workers.RecordedTelemetry;
import io.longhaul.workers.TestNode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HeartbeatTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final AtomicInteger stops = new AtomicInteger();
    private final Outage way = new Outage(DATABASE.dataSource());
    private final Node node = TestNode.of(way.jdbi(), telemetry);
    private final Heartbeat heartbeat = of(node);

    private Heartbeat of(Node one) {
        return new Heartbeat(one, TestNode.USUAL, "1.2.3", stops::incrementAndGet);
    }

    @Test
    void theFirstBeatRegistersTheNode() {
        assertThat(node.state().id()).isEmpty();
        assertThat(heartbeat.beat()).isEqualTo(Duration.ofSeconds(1));
        assertThat(telemetry.registered).containsExactly(node.state().id().getAsLong());
        assertThat(JOBS.count("SELECT count(*) FROM nodes WHERE name = 'node' AND version = '1.2.3'"
                        + " AND lease_until BETWEEN NOW() + INTERVAL '1 s' AND NOW() + INTERVAL '3 s'"))
                .isEqualTo(1);
    }

    @Test
    void aDatabaseThatIsAwayFromTheBeginningDoesNotFillTheLog() {
        way.down = true;
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(heartbeat::beat).hasRootCauseMessage("The connection attempt failed.");
        }
        way.down = false;
        assertThat(telemetry.loopFailures.stream().map(RecordedTelemetry.LoopFailure::inARow))
                .containsExactly(1, 2, 3);
    }

    @Test
    void eachBeatRenewsTheLease() {
        heartbeat.beat();
        JOBS.update("UPDATE nodes SET lease_until = NOW() + INTERVAL '100 ms'");
        heartbeat.beat();
        assertThat(JOBS.count("SELECT count(*) FROM nodes WHERE lease_until > NOW() + INTERVAL '1 s'"))
                .isEqualTo(1);
        assertThat(stops).hasValue(0);
    }

    @Test
    void aNodeThatWasGivenUpStopsItsWorkAndRegistersAnew() {
        heartbeat.beat();
        long first = node.state().id().getAsLong();
        JOBS.update("DELETE FROM nodes");
        heartbeat.beat();
        assertThat(telemetry.lost).containsExactly(first);
        assertThat(telemetry.lostInSilence).containsExactly(false);
        assertThat(stops).hasValue(1);
        assertThat(node.state().id().getAsLong()).isNotEqualTo(first);
        assertThat(telemetry.registered).hasSize(2);
    }

    /** The schema was dropped and made anew, so that ids began at 1 again, and another node registered first. */
    @Test
    void aNodeWhoseIdIsAnothersStopsItsWorkAndRegistersAnew() {
        heartbeat.beat();
        NodeLeases.Run first = node.state().run().orElseThrow();
        JOBS.update("UPDATE nodes SET name = 'other', started_at = started_at + INTERVAL '1 s', lease_until = NOW()");
        NodeLeases nodes = JOBS.jdbi().onDemand(NodeLeases.class);
        assertThat(nodes.has(first, new String[] {"echo"}, 4)).isZero();
        assertThat(nodes.leave(first)).isZero();
        heartbeat.beat();
        assertThat(stops).hasValue(1);
        assertThat(node.state().id().getAsLong()).isNotEqualTo(first.id());
        assertThat(JOBS.count("SELECT count(*) FROM nodes WHERE name = 'other' AND lease_until <= NOW()"))
                .isEqualTo(1);
    }

    @Test
    void reportsASilenceLongerThanTheLease() {
        AtomicLong clock = new AtomicLong();
        Heartbeat silent = new Heartbeat(node, TestNode.USUAL, "1.2.3", stops::incrementAndGet, clock::get);
        silent.beat();
        JOBS.update("DELETE FROM nodes");
        clock.addAndGet(TestNode.USUAL.lease().toNanos());
        silent.beat();
        assertThat(telemetry.lostInSilence).containsExactly(true);
    }

    @Test
    void aNodeThatTriedInVainIsNotReportedAsSilent() {
        AtomicLong clock = new AtomicLong();
        Heartbeat kept = new Heartbeat(node, TestNode.USUAL, "1.2.3", stops::incrementAndGet, clock::get);
        kept.beat();
        way.down = true;
        assertThatThrownBy(kept::beat).hasRootCauseMessage("The connection attempt failed.");
        JOBS.update("DELETE FROM nodes");
        clock.addAndGet(TestNode.USUAL.lease().toNanos());
        way.down = false;
        kept.beat();
        assertThat(telemetry.lostInSilence).containsExactly(false);
    }

    @Test
    void anOutageOfTheDatabaseStopsNoWork() {
        heartbeat.beat();
        long id = node.state().id().getAsLong();
        way.down = true;
        assertThatThrownBy(heartbeat::beat).hasRootCauseMessage("The connection attempt failed.");
        assertThat(stops).hasValue(0);
        way.down = false;
        heartbeat.beat();
        assertThat(node.state().id()).hasValue(id);
    }

    @Test
    void aNodeKnowsIfItHasPeers() {
        heartbeat.beat();
        assertThat(node.state().hasPeers()).isFalse();
        Node second = TestNode.of(way.jdbi(), telemetry);
        Heartbeat other = of(second);
        other.beat();
        assertThat(second.state().hasPeers()).isTrue();
        heartbeat.beat();
        assertThat(node.state().hasPeers()).isTrue();
        other.leave();
        heartbeat.beat();
        assertThat(node.state().hasPeers()).isFalse();
    }
}
