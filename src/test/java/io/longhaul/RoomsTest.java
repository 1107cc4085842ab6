package io.longhaul;

import static java.util.regex.Matcher.quoteReplacement;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages are rooms: each may import only what its line here allows. */
class RoomsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?io\\.longhaul\\.((?:[a-z]+\\.)*)[A-Z]", Pattern.MULTILINE);
    private static final Pattern INLINE = Pattern.compile("io\\.longhaul\\.((?:[a-z]+\\.)+)[A-Z]");

    private static final Path PAGE = Path.of("docs/architecture.md");

    /** They put everything together and may import it all. */
    private static final Set<String> ASSEMBLY = Set.of("", "server");

    /** Each room, and what it may import. */
    private static final Map<String, Set<String>> ALLOWED = table("""
            admin:
            api: outbound
            api.access: api.description api.errors api.http auth auth.ownership auth.ratelimit environment jobs.intake
              mcp.protocol tools.params traces
            api.backpressure: api.http streams
            api.batches: api api.access api.description api.http api.intake api.jobs api.longpoll auth auth.ownership
              events ids jobs jobs.control jobs.intake jobs.sql traces
            api.description: api.http auth jobs
            api.errors: api.description api.http database.faults environment jobs.intake readiness streams traces
            api.events: api.access api.description api.http api.jobs auth auth.ownership events jobs jobs.sql streams
            api.files: api.description api.errors api.http api.jobs auth auth.ownership files jobs.sql tools
            api.http: jobs jobs.intake json tools.params traces
            api.intake: api api.access api.description api.errors api.http api.jobs api.longpoll auth auth.ownership
              jobs jobs.intake jobs.sql json readiness tools tools.params traces webhooks
            api.jobs: api.description api.http api.longpoll auth auth.ownership jobs jobs.control jobs.intake
              jobs.reasons jobs.sql questions tools.spi
            api.longpoll: events jobs jobs.sql
            api.node: api.description api.http auth jobs.sql readiness
            api.operations: api api.access api.batches api.description api.http api.intake api.jobs auth
              auth.ownership jobs jobs.sql operations traces
            api.questions: api api.description api.http api.jobs auth auth.ownership jobs jobs.sql questions
              tools.params tools.spi
            api.schedules: api api.access api.description api.errors api.http api.intake api.jobs auth auth.ownership
              jobs.intake schedules tools.params traces
            api.tools: api api.description api.errors api.http api.intake api.jobs api.longpoll auth callbacks jobs
              jobs.control jobs.intake jobs.sql tools tools.params tools.settings tools.spi
            api.views: api.description api.http api.jobs auth views
            api.webhooks: api api.description api.errors api.http api.intake api.jobs auth tools.params webhooks
            api.workers: api api.access api.description api.http api.jobs auth auth.ownership jobs questions tools
              tools.childprocess tools.params tools.settings tools.spi traces workers.remote
            auth: environment loops outbound tools.secrets
            auth.ownership: auth files jobs jobs.intake jobs.sql
            auth.ratelimit:
            auth.signin: auth outbound tools.secrets tools.settings
            backup: json schema schema.catalog schema.migrate schema.watch
            bench: database schema schema.migrate startup
            callbacks: tools
            checkpoints: tools tools.params
            cli: auth backup bench cli.remote client config database database.embedded database.faults doctor environment
              json logging mcp.stdio schema startup tools.definitions tools.settings
            cli.remote: client environment json
            client:
            clib:
            config: api auth console database files logging mcp schema tools.definitions webhooks workers.node
              workers.remote
            console: api.access api.description api.errors api.events api.http auth auth.ownership auth.signin events
              jobs loops readiness streams
            console.forms: api.http console json tools.params
            console.jobs: api.batches api.description api.http api.intake api.jobs api.operations api.questions
              api.views auth auth.ownership console console.forms database.faults environment files jobs jobs.reasons jobs.sql operations questions
              tools tools.params views
            console.operations: api.description api.http api.schedules auth auth.ownership console console.jobs jobs
              jobs.sql readiness schedules schema schema.migrate schema.watch tools
            console.tools: api.description api.http api.intake api.tools auth auth.ownership console console.forms
              console.jobs jobs jobs.control jobs.sql tools
            database: database.faults
            database.embedded: environment logging loops
            database.faults:
            database.probe: database loops readiness schema
            database.watch: database loops readiness
            doctor: database database.probe database.watch environment jobs.sql readiness schema schema.catalog schema.watch
              webhooks
            environment:
            events: jobs jobs.sql loops
            files: database.faults ids tools tools.childprocess tools.spi
            ids:
            jobs:
            jobs.chains: database.faults jobs jobs.intake jobs.sql jobs.unreadable
            jobs.control: database.faults jobs jobs.sql
            jobs.intake: database database.faults ids jobs jobs.sql json traces
            jobs.reasons: jobs jobs.sql readiness tools tools.settings
            jobs.sql: database jobs
            jobs.unreadable: jobs jobs.sql
            json:
            logging:
            loops:
            mcp: auth auth.ownership auth.ratelimit events files jobs jobs.control jobs.intake jobs.reasons jobs.sql
              loops mcp.protocol questions readiness streams tools tools.params tools.spi traces
            mcp.protocol: json tools.params
            mcp.stdio: environment mcp.protocol
            operations: database.faults jobs jobs.intake jobs.sql loops telemetry
            outbound:
            questions: database.faults jobs jobs.sql tools.params tools.settings tools.spi
            readiness:
            schedules: database.faults jobs jobs.intake
            schema: database.faults environment
            schema.catalog: schema
            schema.commands: logging schema schema.catalog schema.migrate schema.watch
            schema.migrate: database.probe schema schema.catalog
            schema.watch: database.faults loops schema schema.catalog
            startup: clib
            streams: auth loops
            telemetry: jobs logging
            telemetry.queues: jobs.sql telemetry
            tools: json tools.params tools.settings tools.spi
            tools.childprocess: clib environment loops tools tools.secrets tools.settings tools.spi
            tools.command: environment tools tools.childprocess tools.params tools.secrets tools.settings tools.spi
            tools.definitions: environment json tools tools.settings
            tools.http: outbound tools tools.params tools.secrets tools.settings tools.spi
            tools.inprocess: tools tools.settings tools.spi
            tools.mcp: environment mcp.protocol outbound tools tools.childprocess tools.params tools.secrets
              tools.settings tools.spi
            tools.params: json tools.settings
            tools.remote: tools tools.spi
            tools.secrets: environment logging tools tools.params tools.settings tools.spi
            tools.settings:
            tools.spi:
            traces: ids
            views:
            webhooks: database.faults jobs jobs.intake jobs.sql loops outbound readiness telemetry traces
              workers.housekeeping
            workers: jobs jobs.control jobs.intake jobs.sql jobs.unreadable loops telemetry tools workers.claim
              workers.housekeeping workers.node workers.release workers.run
            workers.claim: database jobs jobs.sql tools tools.settings workers.housekeeping workers.node workers.run
            workers.housekeeping: database.faults jobs jobs.sql loops telemetry workers.node
            workers.node: jobs jobs.sql telemetry
            workers.release: database.faults jobs jobs.chains jobs.sql loops schedules telemetry tools workers.claim
              workers.node
            workers.remote: database.faults jobs jobs.sql jobs.unreadable loops questions telemetry tools
              tools.definitions tools.params tools.settings tools.spi workers workers.claim workers.housekeeping
              workers.node workers.run
            workers.run: database database.faults jobs jobs.sql loops questions telemetry tools tools.params
              tools.settings tools.spi traces workers.node
            """);

    /** What {@code config} may name of a room: its configuration and nothing else. */
    private static final Pattern CONFIG_IMPORT =
            Pattern.compile("^import io\\.longhaul\\.[a-z.]+\\.\\w+Configuration;$", Pattern.MULTILINE);

    @Test
    void everyRoomImportsOnlyWhatItMay() {
        List<String> forbidden = new ArrayList<>();
        for (Path file : sources()) {
            String room = room(file);
            if (!ASSEMBLY.contains(room)) {
                arrows(file).stream()
                        .filter(to -> !to.equals(room) && !ALLOWED.get(room).contains(to))
                        .forEach(to -> forbidden.add(file + " uses room '" + to + "'"));
            }
        }
        assertThat(forbidden).isEmpty();
    }

    @Test
    void everyRoomIsKnown() {
        assertThat(sources().stream().map(RoomsTest::room).filter(room -> !ASSEMBLY.contains(room)))
                .isSubsetOf(ALLOWED.keySet());
    }

    @Test
    void nobodyKeepsALeaveThatHeDoesNotUse() {
        Map<String, Set<String>> used = used();
        ALLOWED.forEach((room, allowed) -> assertThat(allowed).as(room).isSubsetOf(used.getOrDefault(room, Set.of())));
    }

    @Test
    void noRoomReachesItself() {
        for (String room : ALLOWED.keySet()) {
            Set<String> reached = new TreeSet<>();
            Deque<String> next = new ArrayDeque<>(ALLOWED.get(room));
            while (!next.isEmpty()) {
                String one = next.pop();
                if (reached.add(one)) {
                    next.addAll(ALLOWED.get(one));
                }
            }
            assertThat(reached).as(room).doesNotContain(room);
        }
    }

    @Test
    void theRootHoldsTheMainClassAlone() {
        assertThat(sources().stream()
                        .filter(file -> room(file).isEmpty())
                        .map(file -> file.getFileName().toString()))
                .containsExactly("App.java");
    }

    /** With {@code -Dlonghaul.snapshot=write} the page is written anew. */
    @Test
    void theArchitecturePageShowsThisTable() throws IOException {
        String page = read(PAGE);
        String shown = page.replaceAll(
                "(?s)(<!-- rooms -->\n).*(<!-- end of rooms -->)", "$1" + quoteReplacement(shown()) + "$2");
        if ("write".equals(System.getProperty("longhaul.snapshot"))) {
            Files.writeString(PAGE, shown);
        }
        assertThat(read(PAGE)).isEqualTo(shown);
    }

    @Test
    void everyClassThatTheArchitecturePageNamesExists() {
        Set<String> classes = javaFiles(Path.of("src")).stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        String prose = read(PAGE).replaceAll("(?s)<!-- rooms -->.*", "");
        assertThat(Pattern.compile("`@?([A-Z][A-Za-z]*[a-z])`").matcher(prose).results())
                .extracting(found -> found.group(1))
                .isNotEmpty()
                .isSubsetOf(classes);
    }

    private static String shown() {
        StringBuilder table = new StringBuilder("| room | holds | may import |\n|---|---|---|\n");
        new TreeMap<>(ALLOWED)
                .forEach((room, allowed) -> table.append("| `%s` | %s | %s |\n"
                        .formatted(room, purpose(room), String.join(", ", new TreeSet<>(allowed)))));
        return table.toString();
    }

    /** The sentence that its package-info begins with. */
    private static String purpose(String room) {
        Path file =
                SOURCES.resolve("io/longhaul").resolve(room.replace('.', '/')).resolve("package-info.java");
        Matcher comment = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL).matcher(read(file));
        assertThat(comment.find()).as(room).isTrue();
        String text = comment.group(1).replaceAll("\\s*\\n \\* ?", " ").strip();
        return text.replaceAll("\\.\\s.*", ".").replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`");
    }

    private static Map<String, Set<String>> used() {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Path file : sources()) {
            used.computeIfAbsent(room(file), room -> new TreeSet<>()).addAll(arrows(file));
        }
        return used;
    }

    private static Map<String, Set<String>> table(String text) {
        Map<String, Set<String>> table = new TreeMap<>();
        for (String row : text.replaceAll("\n +", " ").split("\n")) {
            String[] parts = row.split(":");
            table.put(
                    parts[0],
                    parts.length == 1 ? Set.of() : Set.of(parts[1].strip().split(" +")));
        }
        return table;
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
        Set<String> rooms = new TreeSet<>();
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
        return javaFiles(SOURCES);
    }

    private static List<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
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
