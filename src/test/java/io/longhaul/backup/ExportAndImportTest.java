package io.longhaul.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.testing.Database;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExportAndImportTest {
    private static final Cures CURES = new Cures("my.yml");

    @RegisterExtension
    final TestDatabase full = TestDatabase.migrated();

    @RegisterExtension
    final TestDatabase empty = TestDatabase.empty();

    @TempDir
    Path folder;

    private Path file;
    private Database there;

    @BeforeEach
    void fill() {
        file = folder.resolve("data.zip");
        there = new Database(empty.dataSource());
        Database here = new Database(full.dataSource());
        here.run("INSERT INTO nodes (name, version, lease_until) VALUES ('gone', '1', NOW())");
        here.run(
                "INSERT INTO jobs (tool_name, parameters, result, trace_id, expires_at, status, error_message, completed_at)"
                        + " SELECT 'echo', '{\"text\": \"\\\"quoted\\\", käse\\nnext line\"}', NULL, 't', NOW(), 'failed', e"
                        + ", NOW() FROM unnest(ARRAY['', NULL, E'\\\\N', E'a,b\\n\"c\"', E'\\\\.']) AS e");
        here.run("INSERT INTO jobs (tool_name, parameters, trace_id, expires_at) VALUES ('ping', '{}', 't', NOW())");
        here.run("INSERT INTO files (id, name, media_type, bytes, sha256, expires_at)"
                + " VALUES (gen_random_uuid(), 'x', 'a/b', 2, '\\x00ff', NOW())");
    }

    private String write() throws Exception {
        try (Connection connection = full.dataSource().getConnection()) {
            return Export.write(connection, file, CURES);
        }
    }

    private String read() throws Exception {
        return Import.read(empty.dataSource(), file, line -> {}, CURES);
    }

    private List<String> rows(TestDatabase database, String table) {
        return new Database(database.dataSource()).column("SELECT t::text FROM " + table + " t ORDER BY 1");
    }

    @Test
    void theFileIsForItsUserAlone() throws Exception {
        // A killed run left it.
        Files.writeString(folder.resolve("data.zip.unfinished"), "x");
        write();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        file = folder.resolve("missing/data.zip");
        assertThatThrownBy(this::write)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("There is no folder " + file.getParent());
    }

    @OwnSession
    @Test
    void everythingArrives() throws Exception {
        assertThat(write()).contains("holds 6 jobs");
        assertThat(read()).startsWith("6 jobs");
        for (String table : List.of("jobs", "nodes", "files", "job_leases", "webhook_deliveries")) {
            assertThat(rows(empty, table)).as(table).isEqualTo(rows(full, table));
        }
        assertThat(rows(empty, "jobs")).hasSize(6);
        String next = "SELECT nextval('job_queue_seq')";
        assertThat(there.number(next)).isEqualTo(new Database(full.dataSource()).number(next));
        there.run("INSERT INTO nodes (name, version, lease_until) VALUES ('next', '1', NOW())");
        assertThat(there.number("SELECT count(DISTINCT id) FROM nodes")).isEqualTo(2);
        assertThat(there.number("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"))
                .isZero();
    }

    @OwnSession
    @Test
    void aDatabaseWithDataIsNotOverwritten() throws Exception {
        write();
        read();
        assertThatThrownBy(this::read).isInstanceOf(CommandFailure.class).hasMessageContaining("holds data already");
        assertThat(rows(empty, "jobs")).hasSize(6);
    }

    @Test
    void aFileIsNotOverwritten() throws Exception {
        write();
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(this::write).hasMessageContaining("exists: name a new file");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void wrongFilesAreRefusedInClearWordsAndLeaveNothing() throws Exception {
        assertThatThrownBy(this::read).hasMessageContaining("There is no file");
        Files.writeString(file, "no zip");
        assertThatThrownBy(this::read).hasMessageContaining("is no file of data export, or not all of it");
        zip("other.txt", "x");
        assertThatThrownBy(this::read).hasMessageContaining("it has no manifest.json");
        zip("manifest.json", "{");
        assertThatThrownBy(this::read).hasMessageContaining("cannot be read");
        zip("manifest.json", "{\"format\": \"longhaul-data-9\"}");
        assertThatThrownBy(this::read).hasMessageContaining("has the format longhaul-data-9");
        zip("manifest.json", "{\"format\": \"longhaul-data-1\", \"level\": 99, \"changesets\": [\"0099-later\"]}");
        assertThatThrownBy(this::read).hasMessageMatching(".*level 99, which this release \\(\\d+\\) does not know.*");
        assertThat(there.number("SELECT count(*) FROM pg_class WHERE relname = 'jobs'"))
                .isZero();
    }

    @OwnSession
    @Test
    void halfAFileIsRefusedAndTheSameCommandWorksAfterwards() throws Exception {
        write();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(this::read).hasMessageContaining("not all of it");
        Files.write(file, whole);
        Path lacking = folder.resolve("lacking.zip");
        copyWithout("tables/webhooks.csv", lacking);
        assertThatThrownBy(() -> Import.read(empty.dataSource(), lacking, line -> {}, CURES))
                .hasMessageContaining("lacks tables/webhooks.csv");
        assertThat(there.number("SELECT count(*) FROM jobs")).isZero();
        assertThat(there.number("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"))
                .isZero();
        assertThat(read()).startsWith("6 jobs");
    }

    @Test
    void aSchemaThatIsNoneOfOursIsNotExported() {
        assertThatThrownBy(() -> {
                    try (Connection connection = empty.dataSource().getConnection()) {
                        Export.write(connection, file, CURES);
                    }
                })
                .hasMessageContaining("no schema that this release can export")
                .hasMessageEndingWith("schema verify my.yml says what it is");
        assertThat(folder).isEmptyDirectory();
    }

    private void zip(String entry, String content) throws Exception {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private void copyWithout(String left, Path into) throws Exception {
        try (ZipFile from = new ZipFile(file.toFile());
                ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(into))) {
            for (ZipEntry entry : java.util.Collections.list(from.entries())) {
                if (!entry.getName().equals(left)) {
                    zip.putNextEntry(new ZipEntry(entry.getName()));
                    from.getInputStream(entry).transferTo(zip);
                }
            }
        }
    }
}
