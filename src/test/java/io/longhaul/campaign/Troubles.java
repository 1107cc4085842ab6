package io.longhaul.campaign;

import io.longhaul.testing.StoppableServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What goes wrong, one after the other; which, where and when comes from the seed alone. */
final class Troubles {
    private enum Kind {
        KILL,
        PAUSE,
        CRASH,
        CUT
    }

    private static final String CUT = """
            SELECT pg_terminate_backend(pid)
            FROM (SELECT pid
                  FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                  ORDER BY random()
                  LIMIT %d) chosen
            """;

    /** How often each kind comes, beside the others. */
    private static final String[] SHARES =
            System.getProperty("longhaul.campaign.shares", "4,2,2,2").split(",");

    private final Nodes nodes;
    private final StoppableServer postgres;
    private final Duration lease;
    private final Random random;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

    Troubles(Nodes nodes, StoppableServer postgres, Duration lease, long seed) {
        this.nodes = nodes;
        this.postgres = postgres;
        this.lease = lease;
        this.random = new Random(seed);
    }

    /** Makes trouble for a time. */
    void run(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            sleep(300 + random.nextInt(2_000));
            one();
        }
    }

    private void one() throws Exception {
        int place = random.nextInt(nodes.count());
        int millis = random.nextInt(2_000);
        Kind kind = kind();
        counts.merge(kind, 1, Integer::sum);
        switch (kind) {
            case KILL -> {
                nodes.awaitUp(place);
                nodes.kill(place);
                sleep(millis);
                nodes.restart(place);
            }
            case PAUSE -> {
                nodes.awaitUp(place);
                nodes.at(place).process().pause();
                // Longer than its lease and the rescue that follows: its jobs are somebody else's when it wakes.
                sleep((int) lease.toMillis() + 2_000 + millis);
                nodes.at(place).process().resume();
            }
            case CRASH -> {
                postgres.crash();
                sleep(millis / 2);
                postgres.start();
            }
            case CUT -> cut(1 + random.nextInt(6));
        }
    }

    private Kind kind() {
        int dice = random.nextInt(Stream.of(SHARES).mapToInt(Integer::parseInt).sum());
        for (Kind kind : Kind.values()) {
            dice -= Integer.parseInt(SHARES[kind.ordinal()]);
            if (dice < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("four shares, of " + Arrays.toString(Kind.values()));
    }

    /** Ends some connections, whatever runs on them. */
    private void cut(int connections) {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(CUT.formatted(connections));
        } catch (SQLException e) {
            // Nobody else gets a connection now either.
            System.out.println("Campaign: nothing to cut, " + e.getMessage());
        }
    }

    private static void sleep(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
