package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files stay as long as they are needed, and no longer. */
class FileSweepTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final FileStore store = new FileStore(JOBS.jdbi(), FilesConfiguration.DEFAULT);
    private final FileSweep sweep = new FileSweep(JOBS.jdbi(), INTERVAL);

    @BeforeEach
    void empty() {
        JOBS.update("TRUNCATE files, file_chunks, job_files");
    }

    private UUID upload() throws Exception {
        return store.upload("name", "text/plain", new ByteArrayInputStream(new byte[FileStore.CHUNK + 1]), null)
                .id();
    }

    private void give(UUID job, int attempt, UUID file) {
        JOBS.update(
                "INSERT INTO job_files (job_id, attempt, name, file_id) VALUES (?, ?, ?, ?)",
                job,
                attempt,
                "/" + file,
                file);
    }

    private void sweepAllExpired() {
        JOBS.update("UPDATE files SET expires_at = NOW() - INTERVAL '1 s'");
        for (int step = 0; sweep.run().isZero(); step++) {
            assertThat(step).isLessThan(10);
        }
    }

    private static void assertRows(long files, long chunks, long links) {
        assertThat(JOBS.count("SELECT count(*) FROM files")).isEqualTo(files);
        assertThat(JOBS.count("SELECT count(*) FROM file_chunks")).isEqualTo(chunks);
        assertThat(JOBS.count("SELECT count(*) FROM job_files")).isEqualTo(links);
    }

    @Test
    void anUnusedUploadIsRemovedWhenItsTimeIsOver() throws Exception {
        upload();
        assertThat(sweep.run()).isEqualTo(INTERVAL);
        assertRows(1, 2, 0);
        sweepAllExpired();
        assertRows(0, 0, 0);
    }

    @Test
    void aFileStaysUntilTheLastOfItsJobsHasGone() throws Exception {
        UUID file = upload();
        Lease running = JOBS.leased();
        UUID pending = JOBS.pending();
        give(running.jobId(), 0, file);
        give(pending, 0, file);
        sweepAllExpired();
        JOBS.end(running, "1");
        JOBS.update("DELETE FROM jobs WHERE id = ?", pending);
        sweepAllExpired();
        assertRows(1, 2, 2);
        assertThat(JOBS.count("SELECT count(*) FROM files f, jobs j WHERE f.expires_at = j.expires_at"))
                .isEqualTo(1);
        JOBS.update("DELETE FROM jobs");
        sweepAllExpired();
        assertRows(0, 0, 0);
    }

    @Test
    void filesOfAnUnsuccessfulAttemptAreRemovedOnceTheJobHasEnded() throws Exception {
        Lease first = JOBS.leased();
        give(first.jobId(), 1, upload());
        JOBS.giveBack(first);
        Lease second = JOBS.claim(JOBS.liveNode());
        UUID kept = upload();
        give(second.jobId(), 2, kept);
        sweepAllExpired();
        assertRows(2, 4, 2);
        JOBS.end(second, "1");
        sweepAllExpired();
        assertRows(1, 2, 1);
        assertThat(store.find(kept)).isPresent();
    }

    @Test
    void aBatchIsBoundedByItsBytes() throws Exception {
        for (int i = 0; i < 3; i++) {
            upload();
        }
        JOBS.update("UPDATE files SET expires_at = NOW() - INTERVAL '1 s', bytes = 40 << 20");
        assertThat(sweep.run()).isZero();
        assertRows(1, 2, 0);
        assertThat(sweep.run()).isZero();
        assertRows(0, 0, 0);
        assertThat(sweep.run()).isEqualTo(INTERVAL);
    }

    @Test
    void anUploadThatBreaksOffOrIsTooLargeLeavesNothing() {
        InputStream broken =
                new SequenceInputStream(new ByteArrayInputStream(new byte[FileStore.CHUNK * 2]), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("gone");
                    }
                });
        assertThatThrownBy(() -> store.upload("a", "text/plain", broken, null)).hasMessage("gone");
        FileStore small = new FileStore(
                JOBS.jdbi(), new FilesConfiguration(FileStore.CHUNK, 1 << 30, 1, INTERVAL.multipliedBy(2), ""));
        assertThatThrownBy(() ->
                        small.upload("a", "text/plain", new ByteArrayInputStream(new byte[FileStore.CHUNK + 1]), null))
                .isInstanceOf(FileTooLargeException.class);
        assertRows(0, 0, 0);
    }

    @Test
    void aFileThatIsRemovedWhileItIsReadBreaksOff() throws Exception {
        UUID id = upload();
        JOBS.update("DELETE FROM file_chunks WHERE chunk = 1");
        assertThatThrownBy(() -> store.copy(id, 0, FileStore.CHUNK + 1, new ByteArrayOutputStream()))
                .isInstanceOf(EOFException.class);
    }
}
