package io.longhaul;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages are rooms: each may import only what its line here allows. */
class RoomsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?io\\.longhaul\\.((?:[a-z]+\\.)*)[A-Z]", Pattern.MULTILINE);
    private static final Pattern INLINE = Pattern.compile("io\\.longhaul\\.((?:[a-z]+\\.)+)[A-Z]");

    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            entry(
                    "config",
                    Set.of(
                            "api",
                            "database",
                            "files",
                            "ops.access",
                            "remote",
                            "schema",
                            "tools",
                            "webhooks",
                            "workers")),
            entry("hosts", Set.of()),
            entry("jobs", Set.of("faults")),
            entry("schedules", Set.of("faults", "jobs")),
            entry("workers", Set.of("faults", "jobs", "schedules", "tools", "tools.spi")),
            entry("tools.spi", Set.of()),
            entry("tools", Set.of("tools.spi")),
            entry("tools.process", Set.of("tools", "tools.secrets", "tools.spi")),
            entry("tools.inprocess", Set.of("tools", "tools.spi")),
            entry("tools.secrets", Set.of("tools", "tools.spi")),
            entry("tools.command", Set.of("tools", "tools.spi", "tools.process", "tools.secrets")),
            entry("tools.http", Set.of("hosts", "tools", "tools.spi", "tools.secrets")),
            entry("tools.remote", Set.of("tools", "tools.spi")),
            entry("tools.mcp", Set.of("hosts", "tools", "tools.spi", "tools.process", "tools.secrets")),
            entry("remote", Set.of("faults", "jobs", "tools", "tools.spi", "workers")),
            entry("callbacks", Set.of("tools")),
            entry("checkpoints", Set.of("tools")),
            entry("files", Set.of("faults", "jobs", "tools", "tools.process", "tools.spi")),
            entry("events", Set.of("jobs")),
            entry("webhooks", Set.of("faults", "hosts", "jobs", "workers")),
            entry(
                    "api",
                    Set.of(
                            "faults",
                            "callbacks",
                            "files",
                            "hosts",
                            "jobs",
                            "remote",
                            "schedules",
                            "tools",
                            "tools.spi",
                            "events",
                            "ops",
                            "ops.access",
                            "webhooks")),
            entry("schema", Set.of("faults")),
            entry("faults", Set.of()),
            entry("database", Set.of("faults")),
            entry("database.embedded", Set.of("database")),
            entry("ops", Set.of("faults")),
            entry("ops.access", Set.of("hosts")),
            entry("bench", Set.of("database", "schema")),
            entry("client", Set.of()),
            entry(
                    "cli",
                    Set.of(
                            "config",
                            "database",
                            "faults",
                            "jobs",
                            "tools",
                            "schema",
                            "bench",
                            "client",
                            "ops.access")));

    /** What {@code config} may name of a room: its configuration and nothing else. */
    private static final Pattern CONFIG_IMPORT =
            Pattern.compile("^import io\\.longhaul\\.[a-z.]+\\.\\w+Configuration;$", Pattern.MULTILINE);

    @Test
    void everyRoomImportsOnlyWhatItMay() {
        List<String> forbidden = new ArrayList<>();
        for (Path file : sources()) {
            String room = room(file);
            if (!room.isEmpty()) {
                arrows(file).stream()
                        .filter(to -> !to.equals(room) && !ALLOWED.get(room).contains(to))
                        .forEach(to -> forbidden.add(file + " uses room '" + to + "'"));
            }
        }
        assertThat(forbidden).isEmpty();
    }

    @Test
    void everyRoomIsKnown() {
        assertThat(sources().stream()
                        .map(RoomsTest::room)
                        .filter(room -> !room.isEmpty())
                        .distinct())
                .isSubsetOf(ALLOWED.keySet());
    }

    @Test
    void theConfigurationNamesOnlyConfigurationsOfRooms() {
        for (Path file : sources()) {
            if (room(file).equals("config")) {
                long imports = IMPORT.matcher(read(file)).results().count();
                assertThat(CONFIG_IMPORT.matcher(read(file)).results().count())
                        .as(file.toString())
                        .isEqualTo(imports);
            }
        }
    }

    @Test
    void aForbiddenArrowWouldBeSeen() {
        assertThat(arrowsIn("import io.longhaul.workers.Workers;\n")).containsExactly("workers");
        assertThat(arrowsIn("import static io.longhaul.tools.spi.Tool.x;\n")).containsExactly("tools.spi");
        assertThat(arrowsIn("    io.longhaul.jobs.Job job;\n")).containsExactly("jobs");
        assertThat(arrowsIn("import io.longhaul.App;\n")).containsExactly("");
    }

    private static Set<String> arrows(Path file) {
        return arrowsIn(read(file));
    }

    private static Set<String> arrowsIn(String source) {
        Set<String> rooms = new java.util.TreeSet<>();
        for (Pattern pattern : List.of(IMPORT, INLINE)) {
            Matcher matcher = pattern.matcher(source);
            while (matcher.find()) {
                rooms.add(matcher.group(1).replaceAll("\\.$", ""));
            }
        }
        return rooms;
    }

    private static String room(Path file) {
        Path folder = SOURCES.resolve("io/longhaul").relativize(file.getParent());
        return folder.toString().replace('/', '.');
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
