package io.longhaul.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.schema.migrate.Migrator;
import io.longhaul.testing.Await;
import io.longhaul.testing.Database;
import io.longhaul.testing.InstalledPostgres;
import io.longhaul.testing.Ledger;
import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A PostgreSQL of its own for one fault, the nodes on it, and what was seen of them. */
final class FaultBench implements AutoCloseable {
    private final Path work;
    private final InstalledPostgres postgres;
    private final Database database;
    private final Ledger ledger;
    private final List<String> seen = new ArrayList<>();

    /**
     * Starts it.
     *
     * @param work the folder of `.ci/faults`
     * @param environment of PostgreSQL
     * @param options of PostgreSQL
     */
    FaultBench(Path work, Map<String, String> environment, String... options) throws Exception {
        this.work = work;
        postgres = InstalledPostgres.create(environment, options);
        postgres.start();
        database = new Database(postgres.dataSource());
        new Migrator(postgres.dataSource(), line -> {}).migrate();
        ledger = Ledger.in(Files.createTempDirectory(work, "ledger"));
    }

    Path work() {
        return work;
    }

    Database database() {
        return database;
    }

    InstalledPostgres postgres() {
        return postgres;
    }

    /** Variables for a node; to be changed at will. */
    Map<String, String> environment() {
        Map<String, String> environment =
                NodeProcess.database(postgres.jdbcUrl(), postgres.user(), postgres.password());
        environment.put("LONGHAUL_TOOLS", ledger.tools());
        environment.put("LONGHAUL_DATABASE_CONNECTIONS", "8");
        return environment;
    }

    NodeProcess node(String name, Map<String, String> more) {
        Map<String, String> environment = environment();
        environment.putAll(more);
        return NodeProcess.start(name, environment).awaitReady();
    }

    /** Remembers what was seen, for the table. */
    void saw(String what) {
        seen.add(what);
    }

    String seen() {
        return String.join("; ", seen);
    }

    /** The conditions that fail or warn, as the node's `/health` shows them. */
    static List<String> complaints(NodeProcess node) throws IOException {
        List<String> complaints = new ArrayList<>();
        for (JsonNode check : node.get("/health").json().path("details").path("checks")) {
            if (!check.path("status").asText().equals("healthy")) {
                complaints.add(check.path("name").asText() + ": "
                        + check.path("message").asText());
            }
        }
        return complaints;
    }

    void awaitAllEnded() {
        Await.until(
                "every job has ended",
                Await.LONG,
                () -> database.number("SELECT count(*) FROM jobs WHERE status IN ('pending', 'running')") == 0);
    }

    /** Jobs that a worker lost, by how often. */
    long losses() {
        return database.number("SELECT COALESCE(sum(losses), 0) FROM jobs");
    }

    /** Fails unless these jobs are all there and completed. */
    void checkCompleted(Set<String> accepted) {
        awaitAllEnded();
        Set<String> completed = Set.copyOf(database.column("SELECT id FROM jobs WHERE status = 'completed'"));
        accepted.stream().filter(id -> !completed.contains(id)).findFirst().ifPresent(id -> {
            throw new AssertionError("job " + id + " was accepted and is "
                    + database.column("SELECT concat_ws(' ', status, error_code, error_message) FROM jobs WHERE id = '"
                            + id + "'"));
        });
    }

    /** Lets the campaign's judge decide on all jobs. */
    void judge(Clients clients) throws IOException {
        awaitAllEnded();
        List<Object> violations = new ArrayList<>(clients.violations());
        // Without those that were submitted beside the clients.
        List<History.Row> rows =
                Rows.of(database).stream().filter(row -> !row.key().equals("-")).toList();
        Set<String> known = rows.stream().map(History.Row::job).collect(Collectors.toSet());
        List<History.Run> runs = Rows.runs(ledger.entries()).stream()
                .filter(run -> known.contains(run.job()))
                .toList();
        violations.addAll(Judge.violations(new History(clients.calls(), runs, rows)));
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.toString());
        }
        saw(clients.accepted().size() + " jobs judged");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        postgres.close();
    }
}
