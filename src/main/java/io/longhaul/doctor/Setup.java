package io.longhaul.doctor;

import io.longhaul.database.DatabaseConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The set-up that is checked.
 *
 * @param database where it is; of an embedded one, the running server
 * @param dataFolder the folder of the embedded PostgreSQL; empty for any other
 * @param files where calls have their folders
 * @param jobBytes the most that the files of one job may take there
 * @param oldTransaction the age from which an open transaction is too old
 * @param configuration the configuration file as the operator named it; empty for none
 */
public record Setup(
        DatabaseConfiguration database,
        Optional<Path> dataFolder,
        Path files,
        long jobBytes,
        Duration oldTransaction,
        String configuration) {}
