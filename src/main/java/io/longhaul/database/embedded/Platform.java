package io.longhaul.database.embedded;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A system with packed programs of PostgreSQL.
 *
 * @param archive class path name of the packed programs
 * @param loader the dynamic loader those programs name; without it none of them starts
 */
record Platform(String archive, Path loader) {
    private static final String CURE = "use a PostgreSQL of your own: set DATABASE_URL, or database.url in config.yml";

    /**
     * The system this JVM runs on.
     *
     * @throws EmbeddedPostgresException if nothing is packed for it
     */
    static Platform current() {
        Platform platform = of(System.getProperty("os.name"), System.getProperty("os.arch"));
        if (Files.notExists(platform.loader)) {
            throw new EmbeddedPostgresException(
                    "the embedded PostgreSQL needs a Linux with glibc, and " + platform.loader
                            + " is not here (Alpine and other musl systems have none)",
                    CURE);
        }
        return platform;
    }

    static Platform of(String system, String processor) {
        if (!system.equals("Linux")) {
            throw new EmbeddedPostgresException("the embedded PostgreSQL runs on Linux only, not on " + system, CURE);
        }
        return switch (processor) {
            case "amd64", "x86_64" -> new Platform("postgres-linux-x86_64.txz", Path.of("/lib64/ld-linux-x86-64.so.2"));
            case "aarch64" -> new Platform("postgres-linux-arm_64.txz", Path.of("/lib/ld-linux-aarch64.so.1"));
            default ->
                throw new EmbeddedPostgresException(
                        "the embedded PostgreSQL runs on amd64 and arm64 only, not on " + processor, CURE);
        };
    }
}
