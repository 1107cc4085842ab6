package io.longhaul.files;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The {@code files:} block: limits on the files of jobs, and the place of calls' folders.
 *
 * @param maxFileBytes largest file
 * @param maxJobBytes all output files of one job together
 * @param maxCount output files of one job
 * @param keepUpload how long an upload waits for a job that uses it
 * @param folder contains the calls' folders; empty for a folder in the system's folder of temporary files
 */
public record FilesConfiguration(
        long maxFileBytes, long maxJobBytes, int maxCount, Duration keepUpload, String folder) {
    private static final long GIBIBYTE = 1L << 30;

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

    /** The folder that contains the calls' folders; it need not exist. */
    public Path root() {
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
