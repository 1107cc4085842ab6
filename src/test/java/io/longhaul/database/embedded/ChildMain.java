package io.longhaul.database.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A separate process that runs an embedded server and writes rows until a test kills it. */
final class ChildMain {
    private ChildMain() {}

    /** Prints the number of each row once it is committed; the argument is the data folder. */
    public static void main(String[] args) throws SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]));
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS acknowledged (number integer PRIMARY KEY)");
            for (int number = 0; ; number++) {
                statement.execute("INSERT INTO acknowledged VALUES (" + number + ") ON CONFLICT DO NOTHING");
                System.out.println(number);
            }
        }
    }

    /** A child and its output. */
    record Child(Process process, BufferedReader output) {
        static Child start(Path folder) throws IOException {
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            Process process = new ProcessBuilder(List.of(
                            java.toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ChildMain.class.getName(),
                            folder.toString()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Child(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** Waits until this row, counted from 0, is committed. */
        void awaitRow(int number) throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(Integer.toString(number))) {
                    return;
                }
            }
            throw new IllegalStateException("the child ended before row " + number);
        }

        /** Kills it like {@code kill -9}. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }
}
