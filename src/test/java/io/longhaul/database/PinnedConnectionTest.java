package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PinnedConnectionTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private final Jdbi jdbi = Jdbi.create(DATABASE.dataSource()).installPlugin(new SqlObjectPlugin());

    /** Identifies connections. */
    public interface Backend {
        /** The server process that serves this connection. */
        @SqlQuery("SELECT pg_backend_pid()")
        int pid();
    }

    @Test
    void theConnectionStaysTheSame() {
        try (PinnedConnection<Backend> attached = new PinnedConnection<>(jdbi, Backend.class)) {
            assertThat(List.of(attached.with(Backend::pid), attached.with(Backend::pid)))
                    .containsOnly(attached.with(Backend::pid));
        }
    }

    @OwnSession
    @Test
    void aConnectionThatDiedWhileIdleIsReplacedUnnoticed() {
        try (PinnedConnection<Backend> attached = new PinnedConnection<>(jdbi, Backend.class, Duration.ZERO)) {
            int first = attached.with(Backend::pid);
            end(first);
            assertThat(attached.with(Backend::pid)).isNotEqualTo(first);
        }
    }

    @OwnSession
    @Test
    void aConnectionThatDiedInUseIsReplacedAfterTheError() {
        try (PinnedConnection<Backend> attached = new PinnedConnection<>(jdbi, Backend.class, Duration.ofHours(1))) {
            int first = attached.with(Backend::pid);
            end(first);
            assertThatThrownBy(() -> attached.with(Backend::pid)).isInstanceOf(RuntimeException.class);
            assertThat(attached.with(Backend::pid)).isNotEqualTo(first);
        }
    }

    private void end(int pid) {
        jdbi.useHandle(h -> h.execute("SELECT pg_terminate_backend(?, 10000)", pid));
    }
}
