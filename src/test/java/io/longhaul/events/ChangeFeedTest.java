package io.longhaul.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The clock of the database is set back by an hour. */
class ChangeFeedTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Follower follower = new Follower();
    private final ChangeFeed<UUID> feed = new ChangeFeed<>(withASetClock(), (change, position) -> change.id());

    /** Sessions whose statements find another clock before PostgreSQL's own. */
    private static Jdbi withASetClock() {
        return TestDatabase.jdbi(() -> {
            Connection session = DATABASE.dataSource().getConnection();
            session.createStatement().execute("SET search_path = clock, public, pg_catalog");
            return session;
        });
    }

    private static void setClockAheadBy(Duration ahead) {
        JOBS.update("CREATE SCHEMA IF NOT EXISTS clock");
        JOBS.update("CREATE OR REPLACE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                + " 'SELECT pg_catalog.now() + make_interval(secs => " + ahead.toSeconds() + ")'");
    }

    @BeforeEach
    void start() {
        setClockAheadBy(Duration.ZERO);
        feed.start();
    }

    @AfterEach
    void stop() {
        feed.stop();
        JOBS.update("DROP SCHEMA clock CASCADE");
    }

    private void awaitNews(UUID job) {
        Await.until("it is told", () -> follower.told.contains(job));
    }

    @Test
    void changesAreToldAtOnceToThoseWhoFollow() {
        setClockAheadBy(HOUR);
        feed.add(follower, null);
        Await.until("it follows", () -> follower.isBeyond(Instant.now().plus(HOUR.dividedBy(2))));

        setClockAheadBy(Duration.ZERO);

        awaitNews(JOBS.pending());
        assertThat(follower.place).isBefore(Instant.now());
    }

    /** Without a change of the clock: transactions are not seen in the order in which they begin. */
    @Test
    void aSmallStepBackRepeatsNothing() {
        feed.add(follower, null);
        Await.until("it follows", () -> follower.place != null);
        UUID told = JOBS.pending();
        awaitNews(told);
        setClockAheadBy(Duration.ofSeconds(2));
        Await.until("it is ahead", () -> follower.isBeyond(Instant.now().plusSeconds(1)));

        setClockAheadBy(Duration.ZERO);

        awaitNews(JOBS.pending());
        assertThat(follower.told).containsOnlyOnce(told);
    }

    @Test
    void aPositionOfTheFutureIsNoPlaceToGoOnFrom() {
        feed.add(follower, Instant.now().plus(HOUR));

        Await.until("it looks anew", () -> follower.resets > 0);
        awaitNews(JOBS.pending());
    }

    /** Another node may have seen a moment more than this one. */
    @Test
    void aPositionThatIsALittleAheadIsAPlaceToGoOnFrom() {
        feed.add(follower, Instant.now().plusSeconds(1));

        awaitNews(JOBS.pending());
        assertThat(follower.resets).isZero();
    }

    @Test
    void whoIsBehindIsToldLater() {
        Follower other = new Follower();
        feed.add(follower, null);
        feed.add(other, null);
        Await.until("both follow", () -> follower.place != null && other.place != null);
        follower.behind = true;
        UUID first = JOBS.pending();
        Await.until("the other is told", () -> other.told.contains(first));
        UUID second = JOBS.pending();
        Await.until("the other is told", () -> other.told.contains(second));
        assertThat(follower.told).doesNotContain(first, second);

        follower.behind = false;

        awaitNews(first);
        awaitNews(second);
    }

    private static final class Follower implements ChangeFollower<UUID> {
        private final List<UUID> told = new CopyOnWriteArrayList<>();
        private volatile int resets;
        private volatile boolean behind;
        private volatile Instant place;

        boolean isBeyond(Instant time) {
            return place != null && place.isAfter(time);
        }

        @Override
        public boolean isReady() {
            return !behind;
        }

        @Override
        public boolean isBehind() {
            return behind;
        }

        @Override
        public void reset() {
            resets++;
        }

        @Override
        public void tell(List<UUID> changes, Instant reached) {
            told.addAll(changes);
            place = reached;
        }
    }
}
