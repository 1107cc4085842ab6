package io.longhaul.doctor;

import io.longhaul.database.DatabaseConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The set-up that is checked.
 *
 * @param database where it is; of an embedded one, the running server
 * @param dataFolder the folder of the embedded PostgreSQL; empty for any other
 * @param files where calls have their folders
 * @param jobBytes the most that the files of one job may take there
 * @param oldTransaction the age from which an open transaction is too old
 * @param keys the key stores of this server's connectors
 * @param configuration the configuration file as the operator named it; empty for none
 */
public record Setup(
        DatabaseConfiguration database,
        Optional<Path> dataFolder,
        Path files,
        long jobBytes,
        Duration oldTransaction,
        List<Keys> keys,
        String configuration) {
    /**
     * A file with a key and its certificate.
     *
     * @param type as Java names it, such as {@code PKCS12}
     */
    public record Keys(Path file, String password, String type) {
        /** Leaves out the password. */
        @Override
        public String toString() {
            return file.toString();
        }
    }
}
