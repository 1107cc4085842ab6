package io.longhaul.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.schema.Queries;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The schema of a measurement is in nobody's way, and goes when its command does. */
@OwnSession
class BenchSchemaTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private Target target() {
        return new Target(database.jdbcUrl(), database.user(), database.password());
    }

    private List<String> schemas() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Queries.strings(
                    connection, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'longhaul_bench_%'");
        }
    }

    @Test
    void aCommandThatIsEndedLeavesNoServerAndNoSchema() throws Exception {
        Process bench = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        // An empty entry would be this folder, where Liquibase finds the same files again.
                        System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", ""),
                        BenchSchemaTest.class.getName(),
                        database.jdbcUrl(),
                        database.user(),
                        database.password()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(bench.inputReader().lines().anyMatch("ready"::equals)).isTrue();
        assertThat(schemas()).hasSize(1);
        List<ProcessHandle> servers = bench.children().toList();
        assertThat(servers).hasSize(1);

        bench.destroy();
        bench.waitFor();
        assertThat(servers).noneMatch(ProcessHandle::isAlive);
        assertThat(schemas()).isEmpty();
    }

    @Test
    void whatAKilledCommandLeftIsNamedAndStays() throws Exception {
        List<String> lines = new ArrayList<>();
        BenchSchema.execute(target(), "CREATE SCHEMA longhaul_bench_1");
        try (BenchSchema one = BenchSchema.create(target(), lines::add);
                BenchSchema other = BenchSchema.create(target(), line -> {})) {
            assertThat(one.target()).isNotEqualTo(other.target());
            assertThat(lines).singleElement().asString().endsWith("DROP SCHEMA longhaul_bench_1 CASCADE;");
            assertThat(schemas()).hasSize(3);
        }
        assertThat(schemas()).containsExactly("longhaul_bench_1");
    }

    /** Starts a server and waits for its own end. */
    public static void main(String[] args) throws Exception {
        BenchSchema schema = BenchSchema.create(new Target(args[0], args[1], args[2]), line -> {});
        Node.start(schema, 1);
        System.out.println("ready");
        TimeUnit.MINUTES.sleep(10);
    }
}
