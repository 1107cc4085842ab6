package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PendingWorkTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final List<Predicate<PendingWork.Seen>> ALL = List.of(
            PendingWork.Seen::keysOutside,
            PendingWork.Seen::fairnessKeys,
            PendingWork.Seen::dependencies,
            PendingWork.Seen::pauses,
            PendingWork.Seen::remoteAttempts,
            PendingWork.Seen::remoteTools,
            PendingWork.Seen::deliveries,
            PendingWork.Seen::operations);

    @AfterEach
    void forgetTools() {
        JOBS.update("DELETE FROM remote_tools");
        JOBS.update("DELETE FROM operations");
    }

    private static PendingWork.Seen look() {
        return JOBS.jdbi().withExtension(PendingWork.class, PendingWork::look);
    }

    @Test
    void anEmptyDatabaseHasNoPendingWork() {
        JOBS.pending();
        assertThat(ALL).noneMatch(sign -> sign.test(look()));
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(0, "UPDATE jobs SET concurrency_key = 'k', delayed = TRUE, run_at = NULL"),
                Arguments.of(1, "UPDATE jobs SET fairness_key = 'k'"),
                Arguments.of(
                        2, "INSERT INTO job_dependencies (job_id, after_id, any_end) SELECT id, id, TRUE FROM jobs"),
                Arguments.of(3, "INSERT INTO tool_pauses (tool_name) VALUES ('echo')"),
                Arguments.of(4, "UPDATE job_leases SET deadline = NOW()"),
                Arguments.of(5, "INSERT INTO remote_tools (name, definition, registered_by) VALUES ('t', '{}', 'w')"),
                Arguments.of(6, "INSERT INTO webhook_deliveries (lane, event, payload) VALUES ('to x', 'ping', '{}')"),
                Arguments.of(
                        7, "INSERT INTO operations (id, kind, filter) VALUES (gen_random_uuid(), 'cancel', '{}')"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void eachKindOfPendingWorkIsSeenAlone(int sign, String cause) {
        JOBS.leased();
        JOBS.update(cause);
        PendingWork.Seen seen = look();
        Boolean[] expected = new Boolean[ALL.size()];
        Arrays.fill(expected, false);
        expected[sign] = true;
        assertThat(ALL).extracting(one -> one.test(seen)).containsExactly(expected);
    }
}
