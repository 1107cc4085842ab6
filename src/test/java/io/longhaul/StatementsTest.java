package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobOrder;
import io.longhaul.jobs.sql.LogQueries;
import io.longhaul.jobs.sql.ParamValues;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL understands every statement of the program on the schema that the migrations make, without running any. And
 * those of earlier releases, whose nodes go on while a newer one migrates: a release keeps its own with
 * {@code -Dlonghaul.snapshot=write}.
 */
class StatementsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path KEPT = Path.of("src/test/resources/statements");

    /** A quote or a comment may hold a colon; two of them are a cast. */
    private static final Pattern PARAMETER = Pattern.compile("(?<![:\\w]):([A-Za-z_][A-Za-z0-9_.]*)");

    /** Text blocks and literals that are handed to the driver or JDBI where they stand. */
    private static final Pattern DIRECT = Pattern.compile(
            "(?:createQuery|createUpdate|prepareBatch|prepareStatement|select)\\(\\s*(?:\"\"\"\\n(.*?)\"\"\"|\"((?:SELECT|INSERT|UPDATE|DELETE|WITH)[^\"]*)\"\\s*[,)])",
            Pattern.DOTALL);

    private static final Map<Class<?>, String> TYPES = Map.ofEntries(
            Map.entry(UUID.class, "uuid"),
            Map.entry(UUID[].class, "uuid[]"),
            Map.entry(String.class, "varchar"),
            Map.entry(String[].class, "varchar[]"),
            Map.entry(int.class, "int"),
            Map.entry(Integer.class, "int"),
            Map.entry(int[].class, "int[]"),
            Map.entry(Integer[].class, "int[]"),
            Map.entry(long.class, "bigint"),
            Map.entry(Long.class, "bigint"),
            Map.entry(long[].class, "bigint[]"),
            Map.entry(Long[].class, "bigint[]"),
            Map.entry(boolean.class, "boolean"),
            Map.entry(Boolean.class, "boolean"),
            Map.entry(byte[].class, "bytea"),
            Map.entry(double.class, "float8"),
            Map.entry(Double.class, "float8"),
            Map.entry(Double[].class, "float8[]"));

    private static final JobFilter SEARCH = JobFilter.ALL
            .of(List.of(JobStatus.FAILED, JobStatus.RUNNING))
            .by(JobFilter.By.ERROR, "value")
            .by(JobFilter.By.PARAMS, new ParamValues(new TreeMap<>(Map.of("a.b", "c"))));

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    /** A statement and the types its parameters come with; the server infers the others. */
    record Text(String where, String sql, Map<String, String> types) {
        @Override
        public String toString() {
            return where;
        }
    }

    @OwnSession
    @ParameterizedTest(name = "{0}")
    @MethodSource("statements")
    void isUnderstood(Text text) throws SQLException {
        prepare(text);
    }

    @Test
    void allStatementsAreFound() throws Exception {
        List<Text> statements = statements();
        assertThat(statements).hasSizeGreaterThan(30);
        assertThat(statements.stream().map(Text::where))
                .anyMatch(where -> where.startsWith("Claims.claimFrom"))
                .anyMatch(where -> where.startsWith("NodeLeases.renew"))
                .anyMatch(where -> where.startsWith("Notifier.java"));
        long annotations = 0;
        for (Path file : sources()) {
            annotations += Pattern.compile("^ *@Sql(Query|Update|Batch)\\(", Pattern.MULTILINE)
                    .matcher(Files.readString(file))
                    .results()
                    .count();
        }
        assertThat(statements.stream()
                        .filter(text -> !text.where().contains(".java"))
                        .map(text -> text.where().replaceAll(" .*", ""))
                        .distinct())
                .hasSize((int) annotations);
    }

    @Test
    void aColumnThatIsNotThereIsFound() {
        Text wrong = new Text("a typing error", "SELECT resultt FROM jobs WHERE id = :id", Map.of("id", "uuid"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> prepare(wrong)))
                .hasMessageContaining("resultt");
    }

    @OwnSession
    @Test
    void whatNodesOfEarlierReleasesSayIsStillUnderstood() throws Exception {
        Path own = KEPT.resolve(
                "level-%02d.txt".formatted(SchemaExpectation.packed().level()));
        if ("write".equals(System.getProperty("longhaul.snapshot"))) {
            List<String> lines = statements().stream()
                    .map(text -> text.where() + "\t" + numbered(text).replaceAll("\\s+", " "))
                    .sorted()
                    .toList();
            Files.write(own, lines);
        }
        try (Stream<Path> files = Files.list(KEPT)) {
            for (Path file : files.toList()) {
                assertThat(Files.readAllLines(file))
                        .hasSizeGreaterThan(100)
                        .allSatisfy(line -> prepare(line.split("\t", 2)[1]));
            }
        }
    }

    private static void prepare(Text text) throws SQLException {
        prepare(numbered(text));
    }

    private static void prepare(String statementWithTypes) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PREPARE understood" + statementWithTypes);
        }
    }

    static List<Text> statements() throws Exception {
        List<Text> all = new ArrayList<>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            if (source.contains("@Sql")) {
                String name =
                        SOURCES.relativize(file).toString().replace('/', '.').replace(".java", "");
                ofType(Class.forName(name), all);
            }
            // The schema's own queries read the catalog, on servers of several versions: DriftTest runs them. What
            // the bench compares with has a table of its own: BenchIT runs it.
            if (!file.toString().contains("/schema/") && !file.toString().contains("/bench/")) {
                direct(file.getFileName().toString(), source, all);
            }
        }
        return all;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static void ofType(Class<?> type, List<Text> all) throws ReflectiveOperationException {
        for (Method method : type.getDeclaredMethods()) {
            String sql = sql(method);
            for (String condition : sql != null && sql.contains("<conditions>") ? conditions() : List.of("")) {
                if (sql != null) {
                    String where = type.getSimpleName() + "." + method.getName();
                    all.add(new Text(
                            condition.isEmpty() ? where : where + " where " + condition,
                            sql.replace("<conditions>", condition)
                                    .replace("<order>", JobOrder.NEWEST.sql())
                                    .replace("<direction>", LogQueries.BACKWARD)
                                    .replace("<candidates>", SEARCH.candidates())
                                    .replace("<matches>", SEARCH.matches()),
                            types(method)));
                }
            }
        }
    }

    private static String sql(Method method) {
        if (method.isAnnotationPresent(SqlQuery.class)) {
            return method.getAnnotation(SqlQuery.class).value();
        }
        if (method.isAnnotationPresent(SqlUpdate.class)) {
            return method.getAnnotation(SqlUpdate.class).value();
        }
        return method.isAnnotationPresent(SqlBatch.class)
                ? method.getAnnotation(SqlBatch.class).value()
                : null;
    }

    /** Each status has a condition of its own; together with all others, and none at all. */
    private static List<String> conditions() {
        List<String> all = new ArrayList<>();
        all.add(JobFilter.ALL.conditions());
        for (JobStatus status : JobStatus.values()) {
            JobOrder order = JobOrder.values()[status.ordinal() % JobOrder.values().length];
            JobFilter filter = JobFilter.ALL
                    .of(List.of(status))
                    .in(order)
                    .after(new JobFilter.Position(Instant.EPOCH, new UUID(0, 1)));
            for (JobFilter.By by : JobFilter.By.values()) {
                filter = filter.by(
                        by, by == JobFilter.By.PARAMS ? new ParamValues(new TreeMap<>(Map.of("a.b", "c"))) : "value");
            }
            all.add(filter.conditions());
        }
        return all;
    }

    private static Map<String, String> types(Method method) {
        Map<String, String> types = new LinkedHashMap<>();
        for (Parameter parameter : method.getParameters()) {
            String type = TYPES.get(parameter.getType());
            if (parameter.getAnnotations().length == 0 && type != null) {
                types.put(parameter.getName(), type);
            }
            if (parameter.isAnnotationPresent(BindMethods.class)) {
                String prefix = parameter.getAnnotation(BindMethods.class).value();
                for (Method part : parameter.getType().getDeclaredMethods()) {
                    if (part.getParameterCount() == 0 && TYPES.containsKey(part.getReturnType())) {
                        types.put(
                                prefix.isEmpty() ? part.getName() : prefix + "." + part.getName(),
                                TYPES.get(part.getReturnType()));
                    }
                }
            }
        }
        return types;
    }

    private static void direct(String file, String source, List<Text> all) {
        Matcher call = DIRECT.matcher(source);
        while (call.find()) {
            String sql = call.group(1) == null ? call.group(2) : call.group(1);
            all.add(new Text(file + " " + all.size(), sql, Map.of()));
        }
    }

    /** {@code (types) AS} and the statement with PostgreSQL's own parameters. */
    private static String numbered(Text text) {
        List<String> names = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        Matcher parameter = PARAMETER.matcher(text.sql().replace("??", "?").replaceAll("(?m)--.*$", ""));
        while (parameter.find()) {
            if (!names.contains(parameter.group(1))) {
                names.add(parameter.group(1));
            }
            parameter.appendReplacement(sql, "\\$" + (names.indexOf(parameter.group(1)) + 1));
        }
        parameter.appendTail(sql);
        List<String> types = names.stream()
                .map(name -> text.types().getOrDefault(name, "unknown"))
                .toList();
        String declared = types.isEmpty() ? "" : " (" + String.join(", ", types) + ")";
        String numbered = sql.toString().replaceFirst("^\\s+", "");
        // PREPARE takes no EXPLAIN; what is explained is understood if the rest is.
        return declared + " AS " + numbered.replaceFirst("^EXPLAIN (\\([^)]*\\))?\\s*", "");
    }
}
