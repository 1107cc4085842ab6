package io.longhaul.growth;

import io.longhaul.ids.TimedIds;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.intake.IntakeHints;
import io.longhaul.jobs.intake.NewJob;
import io.longhaul.jobs.intake.NewJobs;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.workers.run.Leases;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/**
 * Measures what a job costs PostgreSQL on databases of any size: the statements of a node on one connection, with ids of
 * several kinds in turns. Arguments: rounds, jobs a round, addresses (JDBC). Takes the processor time of the session from
 * /proc, so it runs on the machine of PostgreSQL, and the WAL of the database from its files, if PGDATA names them.
 */
public final class Growth {
    private static final int BATCH = 100;
    private static final String TOOL = "growth.measured";

    /** As large as the rows of a table that src/test/console/ten-million.sql fills: others would fit into its gaps. */
    private static final String PARAMS = "{\"text\": \"" + "0123456789".repeat(40) + "\"}";

    private static final Pattern WAL = Pattern.compile("len \\(rec/tot\\): +\\d+/ *(\\d+),");

    private static final Pattern FILE = Pattern.compile("rel \\d+/(\\d+)/(\\d+)");

    /** An id made of random bits. */
    private interface Kind {
        long first(long random);
    }

    private static final Map<String, Kind> KINDS = Map.of(
            "random", random -> random,
            "timed", TimedIds::timed,
            "16 bits", random -> ((System.currentTimeMillis() >>> 16) << 48) | (random & (-1L >>> 16)),
            "version 7", random -> (System.currentTimeMillis() << 16) | (random & 0xfff) | 0x7000);

    private final String name;
    private final Handle handle;
    private final JobTransitions transitions;
    private final NewJobs.Statements inserts;
    private final int jobs;
    private final long node;
    private final Path processor;
    private final String database;
    private final Map<String, List<Double>> figures = new HashMap<>();

    private Growth(String address, int jobs) throws Exception {
        Jdbi jdbi = Jdbi.create(DriverManager.getConnection(address)).installPlugin(new SqlObjectPlugin());
        this.handle = jdbi.open();
        this.jobs = jobs;
        this.transitions = handle.attach(JobTransitions.class);
        this.inserts = handle.attach(NewJobs.Statements.class);
        this.processor = Path.of("/proc", one("SELECT pg_backend_pid()::text"), "schedstat");
        this.database = one("SELECT oid::text FROM pg_database WHERE datname = current_database()");
        this.name = one("SELECT current_database()");
        this.node = handle.attach(NodeLeases.class)
                .register("growth", "0", Duration.ofDays(1).toMillis())
                .id();
    }

    private String one(String sql) {
        return handle.createQuery(sql).mapTo(String.class).one();
    }

    public static void main(String... args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        List<Growth> all = new ArrayList<>();
        for (String address : Arrays.copyOfRange(args, 2, args.length)) {
            all.add(new Growth(address, Integer.parseInt(args[1])));
        }
        List<String> kinds = Arrays.asList(System.getProperty("kinds", "random,timed").split(","));
        for (int round = -1; round < rounds; round++) {
            for (String kind : kinds) {
                for (Growth one : all) {
                    one.measure(kind, round >= 0);
                }
            }
        }
        all.forEach(Growth::tell);
    }

    private void measure(String kind, boolean counts) throws Exception {
        List<UUID> ids = new ArrayList<>();
        // Otherwise a round pays for whole pages in the log, or not, by chance.
        handle.execute("CHECKPOINT");
        double[] insert = cost(() -> insert(KINDS.get(kind), ids));
        List<ClaimedJob> claimed = new ArrayList<>();
        double[] claim = cost(() -> claim(claimed));
        double[] end = cost(() -> end(claimed));
        double[] remove = cost(() -> remove(ids));
        if (counts) {
            note(kind, "submit", insert);
            note(kind, "claim", claim);
            note(kind, "end", end);
            note(kind, "remove", remove);
        }
    }

    private Integer insert(Kind kind, List<UUID> ids) {
        for (int done = 0; done < jobs; done += BATCH) {
            List<NewJob> batch = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                UUID random = UUID.randomUUID();
                UUID id = new UUID(kind.first(random.getMostSignificantBits()), random.getLeastSignificantBits());
                UUID trace = UUID.randomUUID();
                String traceId = "%016x%016x"
                        .formatted(kind.first(trace.getMostSignificantBits()), trace.getLeastSignificantBits());
                ids.add(id);
                batch.add(new NewJob(
                        id,
                        new Submission(TOOL, PARAMS, traceId, Duration.ofDays(30), 0, null, null, null, null),
                        null));
            }
            NewJobs.insert(inserts, IntakeHints.NONE, batch);
        }
        return jobs;
    }

    private Integer claim(List<ClaimedJob> claimed) {
        while (claimed.size() < jobs) {
            List<ClaimedJob> some = transitions.claimAlone(
                    node, new String[] {TOOL}, new Integer[] {3}, new Integer[] {null}, BATCH, 1L << 30, new UUID[0]);
            if (some.isEmpty()) {
                throw new IllegalStateException("Only " + claimed.size() + " jobs were there");
            }
            claimed.addAll(some);
        }
        return claimed.size();
    }

    private Integer end(List<ClaimedJob> claimed) {
        for (int i = 0; i < claimed.size(); i += BATCH) {
            List<ClaimedJob> some = claimed.subList(i, Math.min(claimed.size(), i + BATCH));
            Leases leases = Leases.sorted(some.stream().map(ClaimedJob::lease).toList());
            String[] results = some.stream().map(job -> "\"done\"").toArray(String[]::new);
            transitions.complete(leases.ids(), leases.attempts(), leases.nodes(), results);
        }
        return claimed.size();
    }

    /** As the clean-up does, but of these jobs: all others stay. */
    private Integer remove(List<UUID> ids) {
        for (int i = 0; i < ids.size(); i += BATCH) {
            handle.createUpdate("DELETE FROM jobs WHERE id = ANY (:ids)")
                    .bind("ids", ids.subList(i, Math.min(ids.size(), i + BATCH)).toArray(UUID[]::new))
                    .execute();
        }
        return ids.size();
    }

    /** Microseconds of the session and bytes of WAL for a job. */
    private double[] cost(Supplier<Integer> work) throws Exception {
        String from = one("SELECT pg_current_wal_insert_lsn()::text");
        long before = nanos();
        int count = work.get();
        double micros = (nanos() - before) / 1e3 / count;
        return new double[] {micros, wal(from, one("SELECT pg_current_wal_insert_lsn()::text")) / count};
    }

    private long nanos() throws IOException {
        return Long.parseLong(Files.readString(processor).split(" ")[0]);
    }

    /** Bytes of the records about this database. */
    private double wal(String from, String to) throws Exception {
        String data = System.getenv("PGDATA");
        if (data == null) {
            return 0;
        }
        Process dump = new ProcessBuilder(
                        System.getProperty("pg_waldump", "pg_waldump"), "-p", data + "/pg_wal", "-s", from, "-e", to)
                .redirectErrorStream(true)
                .start();
        Map<String, Long> perFile = new HashMap<>();
        try (BufferedReader lines = dump.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher length = WAL.matcher(line);
                Matcher file = FILE.matcher(line);
                if (file.find() && file.group(1).equals(database) && length.find()) {
                    perFile.merge(file.group(2), Long.parseLong(length.group(1)), Long::sum);
                }
            }
        }
        if (dump.waitFor() != 0) {
            // A checkpoint of somebody else has removed the log of this round.
            return Double.NaN;
        }
        if (Boolean.getBoolean("files")) {
            perFile.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .limit(12)
                    .forEach(file -> System.out.printf("  %s: %d B%n", relation(file.getKey()), file.getValue() / jobs));
        }
        return perFile.values().stream().mapToDouble(bytes -> bytes).sum();
    }

    private String relation(String file) {
        return handle.createQuery("SELECT relname FROM pg_class WHERE relfilenode = CAST(:file AS oid)")
                .bind("file", file)
                .mapTo(String.class)
                .findOne()
                .orElse(file);
    }

    private void note(String kind, String phase, double[] cost) {
        System.out.printf("%s, %s, %s: %.1f us, %.0f B%n", name, kind, phase, cost[0], cost[1]);
        figures.computeIfAbsent(kind + ", " + phase + ", us", key -> new ArrayList<>()).add(cost[0]);
        figures.computeIfAbsent(kind + ", " + phase + ", B", key -> new ArrayList<>()).add(cost[1]);
    }

    private void tell() {
        handle.execute("DELETE FROM nodes WHERE id = ?", node);
        figures.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            List<Double> sorted = entry.getValue().stream().sorted().toList();
            System.out.printf(
                    "%-12s %-32s median %.0f of %d (%.0f to %.0f)%n",
                    name,
                    entry.getKey(),
                    sorted.get(sorted.size() / 2),
                    sorted.size(),
                    sorted.get(0),
                    sorted.get(sorted.size() - 1));
        });
        handle.close();
    }
}
