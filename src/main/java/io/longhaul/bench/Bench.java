package io.longhaul.bench;

import io.longhaul.database.ServerSettings;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Queries;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Measures submit, drain and pick-up of servers of this release, each together with plain SQL on the same database, new
 * servers together with warm ones, and programs together with a loop that starts them: machines are noisy, so the ratios
 * are what to read.
 */
public final class Bench {
    private static final int BATCH = 1_000;
    private static final int BATCH_CALLERS = 4;

    /** A program takes about as long as this many of the other jobs. */
    private static final int PROGRAM_COST = 10;

    private final Target database;
    private final Plan plan;
    private final Consumer<String> progress;
    /** The figures of all runs, by work and setting. */
    private final Map<String, List<Figure>> figures = new LinkedHashMap<>();

    private BenchSchema schema;
    private RawSql raw;

    /** The measured server's settings, and one figure for each work and setting. */
    public record Result(ServerSettings server, List<Figure> figures) {}

    /**
     * A measured value and its floor.
     *
     * @param work the work measured
     * @param setting number of clients, or of slots
     * @param unit of value and floor: {@code jobs/s}, where more is better, or {@code ms} or {@code %} of a processor,
     *     where less is
     * @param value median over the runs
     * @param floor median of what it is compared with in the same runs; NaN if there is nothing
     * @param p50 milliseconds of a call, median
     * @param p99 milliseconds within which 99 of 100 calls were answered
     */
    public record Figure(String work, String setting, String unit, double value, double floor, double p50, double p99) {
        /** The value divided by the floor. */
        public double ratio() {
            return value / floor;
        }
    }

    /**
     * Amount of work to measure.
     *
     * @param jobs jobs of a drain
     * @param time measured time of each submit
     * @param runs repetitions; medians are shown
     * @param samples jobs from which the time to pick-up is taken
     * @param warmUp time of unmeasured work at first, so that Java's compiler has seen the code
     * @param settle time after which a server without jobs is watched: before, Java still compiles
     * @param idle time for which it is watched
     * @param slots numbers of slots to drain with
     */
    public record Plan(
            int jobs,
            Duration time,
            int runs,
            int samples,
            Duration warmUp,
            Duration settle,
            Duration idle,
            List<Integer> slots) {
        /** Takes about a quarter of an hour. */
        public static final Plan USUAL = new Plan(
                20_000,
                Duration.ofSeconds(4),
                3,
                200,
                Duration.ofSeconds(15),
                Duration.ofMinutes(3),
                Duration.ofSeconds(30),
                List.of(10, 50));

        /** Takes half a minute: shows that it works, not how fast it is. */
        public static final Plan SMOKE = new Plan(
                1_000, Duration.ofMillis(600), 1, 20, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), List.of(10));
    }

    /**
     * @param database the server to measure on; a schema is made there, and dropped in the end
     * @param progress receives a line for each step
     */
    public Bench(Target database, Plan plan, Consumer<String> progress) {
        this.database = database;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @return one figure for each work and setting
     * @throws CommandFailure if the database cannot be migrated
     * @throws SQLException if it cannot be used
     * @throws IOException if a server does not start or gives a wrong answer
     * @throws Exception if interrupted
     */
    public Result run() throws Exception {
        try (BenchSchema made = BenchSchema.create(database, progress)) {
            schema = made;
            raw = new RawSql(made.target());
            ServerSettings server = made.server();
            Report.lines(server).forEach(progress);
            for (int run = 1; run <= plan.runs(); run++) {
                measure("run " + run + " of " + plan.runs() + ": ");
            }
            idle();
            return new Result(
                    server, figures.values().stream().map(Bench::median).toList());
        }
    }

    private void measure(String run) throws Exception {
        schema.clear();
        progress.accept(run + "submit");
        submits();
        schema.clear();
        progress.accept(run + "pick-up");
        pickUp();
        for (int slots : plan.slots()) {
            schema.clear();
            progress.accept(run + "drain with " + slots + " slots");
            drain(slots);
            schema.clear();
            progress.accept(run + "programs with " + slots + " slots");
            programs(slots);
        }
    }

    private void submits() throws Exception {
        try (Node node = Node.start(schema, 0)) {
            ConcurrentClients.Throughput young = node.post(10, "/v1/jobs", Payload.JOB, 1, plan.time());
            warmUp(() -> node.post(64, "/v1/jobs", Payload.JOB, 1, plan.time()));
            rate("submit to a new server", "10 clients", young, node.post(10, "/v1/jobs", Payload.JOB, 1, plan.time()));
            ConcurrentClients.Throughput alone = raw.submit(1, plan.time());
            ConcurrentClients.Throughput ten = raw.submit(10, plan.time());
            submit(node, 1, alone);
            for (int clients : new int[] {10, 64, 256}) {
                submit(node, clients, ten);
            }
            warmUp(() -> node.post(BATCH_CALLERS, "/v1/jobs/batch", Payload.batch(BATCH), BATCH, plan.time()));
            schema.clear();
            ConcurrentClients.Throughput batches = raw.submitBatches(BATCH_CALLERS, BATCH, plan.time());
            ConcurrentClients.Throughput ours =
                    node.post(BATCH_CALLERS, "/v1/jobs/batch", Payload.batch(BATCH), BATCH, plan.time());
            rate("submit " + BATCH + " a call", BATCH_CALLERS + " clients", ours, batches);
        }
    }

    /** A server whose code is not compiled yet takes several times the processor time. */
    private void warmUp(Callable<?> work) throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < plan.warmUp().toNanos()) {
            work.call();
        }
    }

    private void submit(Node node, int clients, ConcurrentClients.Throughput floor) throws Exception {
        ConcurrentClients.Throughput ours = node.post(clients, "/v1/jobs", Payload.JOB, 1, plan.time());
        rate("submit one by one", clients == 1 ? "1 client" : clients + " clients", ours, floor);
        if (clients == 1) {
            note("answer to a submit, p50", "1 client", "ms", ours.percentile(0.5), floor.percentile(0.5), ours);
        }
    }

    private void drain(int slots) throws Exception {
        ConcurrentClients.Throughput floor = raw.drain(plan.jobs(), slots == 10 ? 4 : 8, 500);
        try (Node node = Node.start(schema, slots)) {
            double young = drainOnce(node, "echo", Payload.PARAMS, plan.jobs());
            warmUp(() -> drainOnce(node, "echo", Payload.PARAMS, plan.jobs()));
            double rate = drainOnce(node, "echo", Payload.PARAMS, plan.jobs());
            note("drain " + plan.jobs() + " jobs", slots + " slots", "jobs/s", rate, floor.perSecond(), null);
            note("first drain of a new server", slots + " slots", "jobs/s", young, rate, null);
        }
    }

    private void programs(int slots) throws Exception {
        int jobs = Math.max(1, plan.jobs() / PROGRAM_COST);
        try (Programs tools = Programs.define();
                Node node = Node.start(schema, slots, tools.variables())) {
            warmUp(() -> drainOnce(node, Programs.NOTHING.tool(), "{}", jobs));
            for (Programs.Program program : List.of(Programs.NOTHING, Programs.READING)) {
                double floor = Programs.perSecond(program, jobs, slots);
                double rate = drainOnce(node, program.tool(), "{}", jobs);
                note("program " + program.name(), slots + " slots", "jobs/s", rate, floor, null);
            }
        }
    }

    private double drainOnce(Node node, String tool, String params, int jobs) throws Exception {
        schema.clear();
        // One transaction makes all jobs visible at the same moment; the server finds them when it polls next.
        BenchSchema.execute(
                schema.target(),
                "INSERT INTO jobs (tool_name, trace_id, parameters, expires_at) SELECT '" + tool
                        + "', gen_random_uuid()::text, '" + params
                        + "'::jsonb, NOW() + INTERVAL '1 day' FROM generate_series(1, " + jobs + ")");
        awaitEnded(node, jobs);
        return number("SELECT count(*) / EXTRACT(EPOCH FROM max(completed_at) - min(started_at)) FROM jobs");
    }

    private void awaitEnded(Node node, int jobs) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (number("SELECT count(*) FROM (SELECT FROM jobs WHERE status IN ('pending', 'running') LIMIT 1) AS one")
                > 0) {
            node.requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IOException("The server did not drain " + jobs + " jobs within ten minutes");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    // The floor is one commit: less is not possible between two transactions.
    private void pickUp() throws Exception {
        try (Node node = Node.start(schema, 10);
                HttpConnection connection = HttpConnection.post(node.port(), "/v1/jobs", Payload.JOB)) {
            int warmUp = plan.samples() / 5;
            for (int i = 0; i < warmUp + plan.samples(); i++) {
                connection.send();
                TimeUnit.MILLISECONDS.sleep(50);
            }
            awaitEnded(node, plan.samples());
            String times =
                    "FROM (SELECT EXTRACT(EPOCH FROM started_at - created_at) * 1000 AS ms FROM jobs ORDER BY created_at OFFSET "
                            + warmUp + ") AS t";
            double p50 = number("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) " + times);
            double p99 = number("SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) " + times);
            double floor = raw.submit(1, plan.time()).percentile(0.5);
            add(new Figure("pick-up, from insert to claim", "idle node", "ms", p50, floor, p50, p99));
        }
    }

    /** Measured once: it takes minutes, and the figure does not depend on the speed of the machine's disk. */
    private void idle() throws Exception {
        schema.clear();
        progress.accept("a server without jobs");
        try (Node node = Node.start(schema, 10)) {
            TimeUnit.NANOSECONDS.sleep(plan.settle().toNanos());
            watch(node);
        }
    }

    private void watch(Node node) throws InterruptedException {
        Optional<Duration> before = node.processorTime();
        long begin = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(plan.idle().toNanos());
        double nanos = System.nanoTime() - begin;
        double taken = before.isEmpty()
                ? Double.NaN
                : node.processorTime().orElseThrow().minus(before.get()).toNanos() / nanos;
        String setting = "after " + plan.settle().toSeconds() + " s";
        note("processor time without jobs", setting, "%", taken * 100, Double.NaN, null);
    }

    private double number(String sql) throws SQLException {
        try (Connection connection = schema.target().connect()) {
            return Double.parseDouble(Queries.first(connection, sql));
        }
    }

    private void rate(
            String work, String setting, ConcurrentClients.Throughput ours, ConcurrentClients.Throughput floor) {
        note(work, setting, "jobs/s", ours.perSecond(), floor.perSecond(), ours);
    }

    private void note(
            String work, String setting, String unit, double value, double floor, ConcurrentClients.Throughput calls) {
        boolean called = calls != null;
        double p50 = called ? calls.percentile(0.5) : Double.NaN;
        add(new Figure(work, setting, unit, value, floor, p50, called ? calls.percentile(0.99) : Double.NaN));
    }

    private void add(Figure figure) {
        figures.computeIfAbsent(figure.work() + figure.setting(), key -> new ArrayList<>())
                .add(figure);
    }

    private static Figure median(List<Figure> runs) {
        Figure any = runs.get(0);
        return new Figure(
                any.work(),
                any.setting(),
                any.unit(),
                median(runs, Figure::value),
                median(runs, Figure::floor),
                median(runs, Figure::p50),
                median(runs, Figure::p99));
    }

    private static double median(List<Figure> runs, ToDoubleFunction<Figure> value) {
        return runs.stream()
                .mapToDouble(value)
                .sorted()
                .skip(runs.size() / 2)
                .findFirst()
                .orElse(Double.NaN);
    }
}
