package io.longhaul.files;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The {@code files:} block: how large the files of jobs may be, and where calls have theirs.
 *
 * @param maxFileBytes largest file
 * @param maxJobBytes all files together that one job may leave
 * @param maxCount how many files one job may leave
 * @param keepUpload how long an uploaded file waits for a job that takes it
 * @param folder where calls have their folders; empty for one in the system's folder of temporary files
 */
public record FilesConfiguration(
        long maxFileBytes, long maxJobBytes, int maxCount, Duration keepUpload, String folder) {
    private static final long GIBIBYTE = 1L << 30;

    /** What holds when nothing is configured. */
    public static final FilesConfiguration DEFAULT =
            new FilesConfiguration(GIBIBYTE / 4, GIBIBYTE, 1_000, Duration.ofDays(1), "");

    /** Checks the ranges. */
    public FilesConfiguration {
        require(
                maxFileBytes >= 1 && maxFileBytes <= 1024 * GIBIBYTE,
                "files.maxFile is " + maxFileBytes + " bytes: write a size from 1B to 1TiB");
        require(
                maxJobBytes >= maxFileBytes && maxJobBytes <= 10 * 1024 * GIBIBYTE,
                "files.maxJob is " + maxJobBytes + " bytes: write a size from files.maxFile (" + maxFileBytes
                        + " bytes) to 10TiB");
        require(
                maxCount >= 1 && maxCount <= 100_000,
                "files.maxCount is " + maxCount + ": write a number from 1 to 100000");
        require(
                keepUpload.compareTo(Duration.ofMinutes(1)) >= 0 && keepUpload.compareTo(Duration.ofDays(365)) <= 0,
                "files.keepUpload is " + keepUpload.toSeconds() + "s: write a duration from 1m to 365d");
    }

    @JsonCreator
    static FilesConfiguration of(
            @JsonProperty("maxFile") DataSize maxFile,
            @JsonProperty("maxJob") DataSize maxJob,
            @JsonProperty("maxCount") Integer maxCount,
            @JsonProperty("keepUpload") io.dropwizard.util.Duration keepUpload,
            @JsonProperty("folder") String folder) {
        long file = maxFile == null ? DEFAULT.maxFileBytes : maxFile.toBytes();
        return new FilesConfiguration(
                file,
                maxJob == null ? Math.max(file, DEFAULT.maxJobBytes) : maxJob.toBytes(),
                maxCount == null ? DEFAULT.maxCount : maxCount,
                keepUpload == null ? DEFAULT.keepUpload : keepUpload.toJavaDuration(),
                folder == null ? "" : folder);
    }

    /**
     * Where calls have their folders.
     *
     * @return a folder that need not exist
     */
    Path root() {
        return folder.isBlank()
                ? Path.of(System.getProperty("java.io.tmpdir"), "longhaul-" + System.getProperty("user.name"))
                : Path.of(folder).toAbsolutePath().normalize();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
