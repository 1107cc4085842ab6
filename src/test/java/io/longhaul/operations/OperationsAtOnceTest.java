package io.longhaul.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.database.LockMode;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations that many requests begin at the same moment, with each kind of lock. */
class OperationsAtOnceTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static Stream<LockMode> modes() {
        return Stream.of(TestDatabase.lockMode(), LockMode.ROWS).distinct();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void noMoreThanTheLimitBegin(LockMode mode) {
        JOBS.update("TRUNCATE operations, operation_outcomes");
        Jdbi jdbi = TestDatabase.jdbi(DATABASE.dataSource()::getConnection);
        jdbi.getConfig(LockMode.Setting.class).ask(() -> mode);
        Operations operations = new Operations(jdbi, new RecordedTelemetry());
        List<CompletableFuture<Boolean>> requests = IntStream.range(0, 20)
                .mapToObj(i -> Parked.beside(() -> begins(operations)))
                .toList();
        assertThat(requests.stream().filter(CompletableFuture::join)).hasSize(Operations.MOST_OPEN);
        assertThat(JOBS.deadlocks()).isZero();
    }

    private static boolean begins(Operations operations) {
        try {
            operations.begin(new Operations.Wanted(
                    BulkOperation.Kind.CANCEL, JobFilter.ALL, new Operations.Submitter("eve", null), null, "trace"));
            return true;
        } catch (OperationRefused e) {
            return false;
        }
    }
}
