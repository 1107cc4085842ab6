package io.longhaul.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.Callbacks.Address;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class StoredCallbacksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private Lease lease;
    private String job;
    private Jdbi jdbi;
    private StoredCallbacks here;
    private StoredCallbacks there;

    @BeforeEach
    void twoNodes() {
        lease = JOBS.leased();
        job = lease.jobId().toString();
        jdbi = Jdbi.create(DATABASE.dataSource())
                .installPlugin(new SqlObjectPlugin())
                .installPlugin(new PostgresPlugin());
        here = new StoredCallbacks(jdbi, () -> "https://jobs.example.org");
        there = new StoredCallbacks(jdbi, () -> "https://jobs.example.org");
    }

    @Test
    void bodiesPostedToAnotherNodeArriveInOrder() throws Exception {
        Address address = here.open(job, 1);
        assertThat(address.url()).matches("https://jobs\\.example\\.org/v1/callbacks/[\\w-]{32}");
        assertThat(there.post(token(address), "{\"n\":1}")).isTrue();
        assertThat(here.post(token(address), "{\"n\":2}")).isTrue();
        assertThat(address.next(PATIENCE)).contains("{\"n\":1}");
        assertThat(address.next(PATIENCE)).contains("{\"n\":2}");
        assertThat(address.next(Duration.ZERO)).isEmpty();
    }

    @Test
    void aClosedAddressTakesNothing() {
        Address address = here.open(job, 1);
        there.post(token(address), "{}");
        address.close();
        assertThat(there.post(token(address), "{}")).isFalse();
        assertThat(rows()).isZero();
        assertThat(here.post("no-such-token", "{}")).isFalse();
    }

    @Test
    void aBodyThatIsStoredSlowlyIsNotPassedOverForALaterOne() throws Exception {
        Address address = here.open(job, 1);
        try (Parked slow = new Parked(jdbi)) {
            slow.with(handle -> handle.attach(CallbackStatements.class).keep(token(address), "{\"n\":1}"));
            CompletableFuture<Boolean> second = Parked.beside(() -> there.post(token(address), "{\"n\":2}"));
            slow.awaitWaiters(1);
            assertThat(address.next(Duration.ZERO)).isEmpty();
            slow.commit();
            assertThat(second.join()).isTrue();
        }
        assertThat(address.next(PATIENCE)).contains("{\"n\":1}");
        assertThat(address.next(PATIENCE)).contains("{\"n\":2}");
        address.close();
    }

    @Test
    void aBodyThatIsStoredWhileItsAddressClosesIsRemovedWithIt() {
        Address address = here.open(job, 1);
        try (Parked slow = new Parked(jdbi)) {
            slow.with(handle -> handle.attach(CallbackStatements.class).keep(token(address), "{}"));
            CompletableFuture<Void> closing = Parked.beside(() -> {
                address.close();
                return null;
            });
            slow.awaitWaiters(1);
            slow.commit();
            closing.join();
        }
        assertThat(rows()).isZero();
    }

    @Test
    void theAttemptAfterALostOneGetsWhatArrivedMeanwhile() throws Exception {
        Address lost = here.open(job, 1);
        lost.leave();
        JOBS.giveBack(lease);
        there.post(token(lost), "{\"result\":7}");
        Address next = there.open(job, 2);
        assertThat(next.url()).isEqualTo(lost.url());
        assertThat(next.next(Duration.ZERO)).contains("{\"result\":7}");
    }

    @Test
    void anAddressThatWasNotClosedTakesNothingOnceItsJobHasEnded() {
        Address open = here.open(job, 1);
        open.leave();
        JOBS.cancel(lease.jobId());
        assertThat(there.post(token(open), "{}")).isFalse();
    }

    @Test
    void theAttemptAfterOneThatFailedHearsNothingOfItsAddress() throws Exception {
        Address failed = here.open(job, 1);
        assertThat(there.post(token(failed), "{\"error\":{\"message\":\"no\"}}"))
                .isTrue();
        JOBS.retryLater(lease, 0);
        assertThat(there.post(token(failed), "{\"late\":1}"))
                .as("its call has ended")
                .isFalse();

        Address next = there.open(job, 2);
        assertThat(next.url()).isNotEqualTo(failed.url());
        assertThat(next.next(Duration.ZERO)).isEmpty();
        assertThat(here.post(token(failed), "{\"late\":2}")).isFalse();
        assertThat(here.post(token(next), "{}")).isTrue();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void aStaleAttemptCannotCloseTheAddress() {
        Address stale = here.open(job, 1);
        Address current = there.open(job, 2);
        stale.close();
        assertThat(here.post(token(current), "{}")).isTrue();
        current.close();
    }

    @Test
    void openAddressesExpire() {
        Address forgotten = here.open(job, 1);
        here.post(token(forgotten), "{}");
        jdbi.useHandle(handle -> handle.execute("UPDATE tool_callbacks SET expires_at = NOW() - INTERVAL '1 second'"));
        assertThat(here.post(token(forgotten), "{}")).isFalse();
        here.open(UUID.randomUUID().toString(), 1).close();
        assertThat(rows()).isZero();
    }

    private long rows() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT (SELECT count(*) FROM tool_callbacks WHERE job_id = :job)"
                                + " + (SELECT count(*) FROM tool_callback_messages m WHERE NOT EXISTS"
                                + " (SELECT FROM tool_callbacks c WHERE c.token = m.token))")
                        .bind("job", UUID.fromString(job))
                        .mapTo(Long.class)
                        .one());
    }

    private static String token(Address address) {
        return address.url().substring(address.url().lastIndexOf('/') + 1);
    }
}
