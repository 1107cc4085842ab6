package io.longhaul.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** What takes the servers of tests seconds and proves nothing is done once for all of them. */
public final class SharedPrograms {
    private static final Path FOLDER = Path.of("target", "test-postgres", "programs");

    private SharedPrograms() {}

    /**
     * Gives a data folder PostgreSQL's programs, so that nobody has to unpack them there.
     *
     * @param folder of a server that has not been started yet; one that has programs is left as it is
     */
    public static synchronized void linkInto(Path folder) {
        try {
            Path programs = unpacked();
            Files.createDirectories(folder);
            Files.createSymbolicLink(folder.resolve(programs.getFileName()), programs);
        } catch (FileAlreadyExistsException e) {
            // It has them.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path unpacked() throws IOException {
        DataFolder shared = DataFolder.at(FOLDER);
        try (FileChannel channel =
                        FileChannel.open(shared.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return new Unpacking(shared).programs(Platform.current().archive());
        }
    }

    /**
     * Makes the password cheap to prove: thousands of hashes a connection protect it where it may be stolen. It stays the
     * same one.
     *
     * @param url of the server
     * @param user a role that may change its own password
     * @param password its password
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
