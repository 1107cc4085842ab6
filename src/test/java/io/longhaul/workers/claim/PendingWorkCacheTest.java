package io.longhaul.workers.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.testing.TestDatabase;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PendingWorkCacheTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final PendingWorkCache pendingWork = new PendingWorkCache(JOBS.jdbi());

    @Test
    void newWorkIsSeenSoon() {
        assertThat(pendingWork.shows(PendingWork.Seen::pauses)).isFalse();
        JOBS.update("INSERT INTO tool_pauses (tool_name) VALUES ('echo')");
        Await.until("the pause shows", () -> pendingWork.shows(PendingWork.Seen::pauses));
        JOBS.update("DELETE FROM tool_pauses");
        Await.until("its end shows", () -> !pendingWork.shows(PendingWork.Seen::pauses));
    }

    @Test
    void aFailedLookIsRepeatedByTheNextCaller() {
        JOBS.update("ALTER TABLE tool_pauses RENAME TO away");
        try {
            assertThatThrownBy(() -> pendingWork.shows(PendingWork.Seen::pauses))
                    .hasMessageContaining("tool_pauses");
        } finally {
            JOBS.update("ALTER TABLE away RENAME TO tool_pauses");
        }
        assertThat(pendingWork.shows(PendingWork.Seen::pauses)).isFalse();
    }
}
