package io.longhaul.workers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.Outage;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunningMarkerTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Outage way = new Outage(DATABASE.dataSource());
    private final RunningMarker marker = new RunningMarker(way.jdbi());

    private static String stored(Lease lease) {
        return JOBS.stored(lease.jobId(), "status::text", String.class);
    }

    @Test
    void aJobThatCouldNotBeMarkedIsMarkedOnceTheDatabaseIsBack() {
        Lease lease = JOBS.leased();
        marker.add(List.of(lease));
        way.down = true;
        Await.until("it is due", () -> fails(marker));
        way.down = false;
        marker.step();
        assertThat(stored(lease)).isEqualTo("running");
    }

    private static boolean fails(RunningMarker tried) {
        try {
            tried.step();
            return false;
        } catch (JdbiException e) {
            return true;
        }
    }

    @Test
    void aJobWhoseRowIsHeldIsMarkedOnceItIsFreeAndHoldsUpNoOther() {
        RunningMarker impatient = new RunningMarker(Parked.impatient(DATABASE));
        Lease held = JOBS.leased();
        Lease other = JOBS.leased();
        impatient.add(List.of(held, other));
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", held.jobId());
            Await.until("it is held up", () -> fails(impatient));
            impatient.step();
            assertThat(stored(other)).isEqualTo("running");
        }
        Await.until("it is marked", () -> {
            impatient.step();
            return stored(held).equals("running");
        });
    }

    @Test
    void aJobThatCannotBeMarkedHoldsUpNoOther() {
        Lease refused = JOBS.leased();
        Lease other = JOBS.leased();
        marker.add(List.of(refused, other));
        JOBS.refusing(
                refused.jobId(),
                () -> Await.until("the other is marked", () -> {
                    marker.step();
                    return stored(other).equals("running");
                }));
        assertThat(stored(refused)).isEqualTo("pending");
    }
}
