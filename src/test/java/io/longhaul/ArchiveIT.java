package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.CommandRun;
import io.longhaul.testing.Database;
import io.longhaul.testing.JarProcess;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One command makes what later starts are quicker with. */
class ArchiveIT {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    void anArchiveIsMadeAndJavaStartsFromIt() throws Exception {
        Path file = folder.resolve("app.archive");
        CommandRun made = archive("--seconds", "1", "--output", file.toString(), "config.yml");
        assertThat(made.exitCode()).as(made.toString()).isZero();
        assertThat(made.out()).contains("java -XX:", "=" + file + " -jar ").endsWith(" server\n");
        assertThat(Files.size(file)).isGreaterThan(10 << 20);
        assertThat(new Database(DATABASE.dataSource())
                        .number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%bench%'"))
                .isZero();

        // With this option Java refuses to start without it.
        List<String> options = List.of(made.out().replaceAll("(?s).*(-XX:\\S+).*", "$1"), required());
        CommandRun started = CommandRun.of(JarProcess.start(options, "archived", environment(), "check", "config.yml"));
        assertThat(started.exitCode()).as(started.toString()).isZero();
    }

    private static CommandRun archive(String... words) {
        String[] all = Stream.concat(Stream.of("archive"), Stream.of(words)).toArray(String[]::new);
        return CommandRun.of(JarProcess.start("archive", environment(), all));
    }

    private static Map<String, String> environment() {
        return NodeProcess.database(DATABASE);
    }

    private static String required() {
        return Runtime.version().feature() >= 25 ? "-XX:AOTMode=on" : "-Xshare:on";
    }

    @Test
    void aPlaceThatCannotBeWrittenIsSaidAtOnce() {
        CommandRun run = archive("--output", folder + "/none/app.aot", "config.yml");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("archive: ").contains("none/app.aot", "--output");
    }
}
