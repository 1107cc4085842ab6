package io.longhaul.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Does slow work for the servers of tests once for all of them, if it proves nothing. */
public final class SharedPrograms {
    private static final Path FOLDER = Path.of("target", "test-postgres", "programs");

    private SharedPrograms() {}

    /**
     * Gives a data folder PostgreSQL's programs, so that they need not be unpacked there.
     *
     * @param folder of a server that has not been started yet; one that has programs is left unchanged
     */
    public static void linkInto(Path folder) {
        String archive = Platform.current().archive();
        linkInto(folder, SharedPrograms.class.getClassLoader().getResource(archive), archive);
    }

    /**
     * The same with programs of another archive.
     *
     * @param name of the archive, for messages
     * @return the folder of the programs in the data folder
     */
    static synchronized Path linkInto(Path folder, URL archive, String name) {
        try {
            Path programs = unpacked(archive, name);
            Files.createDirectories(folder);
            Path link = folder.resolve(programs.getFileName());
            if (Files.notExists(link)) {
                Files.createSymbolicLink(link, programs);
            }
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path unpacked(URL archive, String name) throws IOException {
        DataFolder shared = DataFolder.at(FOLDER);
        try (FileChannel channel =
                        FileChannel.open(shared.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return new Unpacking(shared).programs(archive, name);
        }
    }

    /**
     * Makes the password cheap to check; it stays the same one. Normally thousands of hashes for each connection
     * protect a password that may be stolen.
     *
     * @param user a role that may change its own password
     */
    public static void easePassword(String url, String user, String password) {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("SET scram_iterations = 1");
            statement.execute("ALTER ROLE " + user + " PASSWORD '" + password + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
