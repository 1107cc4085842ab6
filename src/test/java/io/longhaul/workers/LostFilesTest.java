package io.longhaul.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.files.CallFolders;
import io.longhaul.files.FileStore;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.files.JobFile;
import io.longhaul.files.StoredFile;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job with files whose worker is lost while it runs. */
class LostFilesTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    @TempDir
    Path root;

    @Test
    void theNextAttemptHasItsFilesAgainAndOnlyItsOwnOutputsShow() throws Exception {
        FileStore store = new FileStore(
                JOBS.jdbi(), new FilesConfiguration(1_000, 1_000, 10, Duration.ofHours(1), root.toString()));
        ToolContext toolContext = new ToolContext();
        toolContext.useFolders(new CallFolders(store));
        StoredFile file =
                store.upload("in", "text/plain", new ByteArrayInputStream("in".getBytes(StandardCharsets.UTF_8)), null);
        UUID id = JOBS.enqueue(TestJobs.withParams("copy", "{\"file\": \"" + file.id() + "\"}"));
        RegisteredTool copy = TestTools.one("""
                - type: command
                  name: copy
                  grace: 1s
                  command:
                  - sh
                  - -c
                  - 'cp "$1" "$2/of-$LONGHAUL_ATTEMPT"; [ "$LONGHAUL_ATTEMPT" = 2 ] || sleep 1000'
                  - sh
                  - '{file}'
                  - '{outputs}'
                  params: {type: object, properties: {file: {type: string, format: longhaul-file}}}
                """, toolContext);
        try (TestNode node = new TestNode(DATABASE, copy)) {
            Await.until("the first attempt has written", () -> !found("of-1").isEmpty());
            JOBS.update("DELETE FROM nodes");
            // The node itself looks for leases without an owner about twice a minute.
            JOBS.transitions().rescue(10, null);
            Await.until("it is completed", () -> JOBS.job(id).status() == JobStatus.COMPLETED);
            assertThat(node.telemetry.registered).hasSize(2);
        }
        assertThat(JOBS.job(id).attempt()).isEqualTo(2);
        assertThat(store.outputs(id)).extracting(JobFile::place).containsExactly("of-2");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        store.copy(store.output(id, "of-2").orElseThrow().id(), 0, 2, content);
        assertThat(content).hasToString("in");
        Await.until("nothing is left on the node", () -> found("call-").isEmpty());
    }

    private List<Path> found(String name) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.getFileName().toString().startsWith(name))
                    .toList();
        } catch (java.io.IOException | java.io.UncheckedIOException e) {
            // A file was removed during the look.
            return List.of(root);
        }
    }
}
