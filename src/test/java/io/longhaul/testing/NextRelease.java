package io.longhaul.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The packaged jar with one more schema level, as the release after this one might be: it only adds things. */
public final class NextRelease {
    /** What that release calls itself. */
    public static final String VERSION = "99.0.0";

    private NextRelease() {}

    /**
     * Makes that jar.
     *
     * @param folder where
     * @param level the level of this release
     * @return the jar, whose level is one more
     */
    public static Path in(Path folder, int level) {
        Path jar = folder.resolve("next.jar");
        try {
            Files.copy(Path.of("target", "app.jar"), jar, StandardCopyOption.REPLACE_EXISTING);
            try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
                addChangeset(files, level);
                addLevel(files, level);
                setVersion(files.getPath("META-INF", "MANIFEST.MF"));
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addChangeset(FileSystem files, int level) throws IOException {
        Files.writeString(files.getPath("db", "changelog", "9000-next.sql"), """
                --liquibase formatted sql

                --changeset longhaul:9000-next-column
                --comment level=%1$d min-app=%2$d What the next release adds.
                ALTER TABLE jobs ADD COLUMN next_note TEXT;
                --rollback ALTER TABLE jobs DROP COLUMN next_note;

                --changeset longhaul:9000-next-index runInTransaction:false
                --comment level=%1$d min-app=%2$d Serves the next release.
                DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_next_note;
                CREATE INDEX CONCURRENTLY idx_jobs_next_note ON jobs (next_note) WHERE next_note IS NOT NULL;
                --rollback DROP INDEX CONCURRENTLY IF EXISTS idx_jobs_next_note;
                """.formatted(level + 1, level));
    }

    private static void addLevel(FileSystem files, int level) throws IOException {
        List<String> facts =
                new ArrayList<>(Files.readAllLines(files.getPath("schema", "level-%02d.txt".formatted(level))));
        facts.add("column\tjobs.next_note\tnullable=yes\ttype=text");
        facts.add(
                "index\tidx_jobs_next_note\tdefinition=CREATE INDEX idx_jobs_next_note ON jobs USING btree (next_note) WHERE next_note IS NOT NULL\tstate=valid\ttable=jobs\tunique=no");
        Collections.sort(facts);
        Files.write(files.getPath("schema", "level-%02d.txt".formatted(level + 1)), facts);
    }

    private static void setVersion(Path manifest) throws IOException {
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceAll("Implementation-Version: .*", "Implementation-Version: " + VERSION));
    }
}
