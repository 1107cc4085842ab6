package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.Database;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs in a database that cannot store all characters of their results: whatever a tool answers, its job ends. */
@OwnSession
class ForeignAlphabetTest {
    private static final String GREEK = "αβγ";

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** No migration makes tables in such a database, but an operator may. They hold only ASCII, so they stay right. */
    @BeforeAll
    static void makeItLatin() {
        new Database(DATABASE.newSessions()).run("""
                DO $do$
                DECLARE
                    locale text := (SELECT attname FROM pg_attribute
                                    WHERE attrelid = 'pg_database'::regclass AND attname IN ('datlocale', 'daticulocale'));
                BEGIN
                    EXECUTE $$UPDATE pg_database
                              SET encoding = pg_char_to_encoding('LATIN1'), datcollate = 'C', datctype = 'C'$$
                            || COALESCE($$, datlocprovider = 'c', $$ || locale || ' = NULL', '')
                            || ' WHERE datname = current_database()';
                END $do$
                """);
        assertThat(new Database(DATABASE.dataSource()).column("SHOW server_encoding"))
                .containsExactly("LATIN1");
    }

    private static Job endOf(String name, FakeTool.Body body) {
        UUID id = JOBS.pending(name);
        try (TestNode node =
                new TestNode(DATABASE, FakeTool.with(name, FakeTool.retrying(2, Duration.ofMillis(20)), body))) {
            Await.until("job " + id + " has ended", () -> JOBS.job(id).status().isFinal());
            return JOBS.job(id);
        }
    }

    @Test
    void aResultIsRefused() {
        Job job = endOf("speaks", call -> new ToolResult.Success("\"" + GREEK + "\""));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("RESULT_REFUSED");
    }

    @Test
    void anErrorEndsItsJobAfterAllItsAttempts() {
        Job job = endOf("complains", call -> ToolResult.failure(FailureKind.TOOL_ERROR, GREEK + " broke"));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.attempt()).isEqualTo(2);
        assertThat(job.errorCode()).isEqualTo("TOOL_ERROR");
    }

    @Test
    void anExceptionEndsItsJobAfterAllItsAttempts() {
        Job job = endOf("throws", call -> {
            throw new IllegalStateException(GREEK);
        });

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.attempt()).isEqualTo(2);
    }

    @Test
    void refusedLinesAndProgressDoNotKeepJobsFromEnding() {
        Job job = endOf("tells", call -> {
            call.progress(0.5, GREEK);
            call.log(GREEK);
            return FakeTool.done();
        });

        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    }
}
