package io.longhaul.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs several clients that do the same at the same time. */
final class ConcurrentClients {
    /** One client; used by one thread. */
    record Client(Step step, Closing connection) implements AutoCloseable {
        @Override
        public void close() throws IOException, SQLException {
            connection.close();
        }
    }

    /** One unit of work. */
    interface Step {
        /** Does it once, and returns the number of jobs in it. */
        int run() throws Exception;
    }

    /**
     * An amount of work and the time it took.
     *
     * @param jobs number of jobs
     * @param seconds total time
     * @param millis duration of each step, ascending
     */
    record Throughput(long jobs, double seconds, List<Double> millis) {
        double perSecond() {
            return jobs / seconds;
        }

        /** The duration that this share of all steps did not exceed, in milliseconds; NaN if nothing was done. */
        double percentile(double share) {
            int size = millis.size();
            return size == 0 ? Double.NaN : millis.get((int) Math.min(size - 1L, (long) (share * size)));
        }
    }

    /** Ends a client's connection. */
    interface Closing {
        void close() throws IOException, SQLException;
    }

    private record Share(long jobs, List<Double> millis) {}

    private ConcurrentClients() {}

    /**
     * Runs the clients for a while, and for one step at least. The first third more is warm-up and not counted. The
     * clock starts when all clients are connected.
     */
    static Throughput count(int clients, Duration time, Callable<Client> connect) throws Exception {
        return run(clients, connect, time.toNanos() / 3, (began, jobs) -> System.nanoTime() - began < time.toNanos());
    }

    /** Runs the clients until there is nothing left to do. */
    static Throughput exhaust(int clients, Callable<Client> connect) throws Exception {
        return run(clients, connect, 0, (began, jobs) -> jobs > 0);
    }

    /** Decides if a client continues, by the time when counting began and the jobs of its last step. */
    private interface GoOn {
        boolean test(long beganNanos, int jobs);
    }

    private static Throughput run(int clients, Callable<Client> connect, long warmUpNanos, GoOn goOn) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        CountDownLatch ready = new CountDownLatch(clients);
        try {
            List<Future<Share>> shares = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                shares.add(threads.submit(() -> share(connect, ready, warmUpNanos, goOn)));
            }
            ready.await();
            long begin = System.nanoTime() + warmUpNanos;
            return sum(shares, begin);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Share share(Callable<Client> connect, CountDownLatch ready, long warmUpNanos, GoOn goOn)
            throws Exception {
        long jobs = 0;
        List<Double> millis = new ArrayList<>();
        Client client = null;
        try {
            client = connect.call();
        } finally {
            ready.countDown();
        }
        try (Client connected = client) {
            ready.await();
            long counted = System.nanoTime() + warmUpNanos;
            int done;
            do {
                long begin = System.nanoTime();
                done = connected.step().run();
                if (begin - counted >= 0) {
                    jobs += done;
                    millis.add((System.nanoTime() - begin) / 1e6);
                }
            } while (goOn.test(counted, done) || millis.isEmpty());
        }
        return new Share(jobs, millis);
    }

    private static Throughput sum(List<Future<Share>> shares, long beginNanos) throws Exception {
        long jobs = 0;
        List<Double> millis = new ArrayList<>();
        for (Future<Share> share : shares) {
            try {
                jobs += share.get().jobs();
                millis.addAll(share.get().millis());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        return new Throughput(jobs, seconds, millis.stream().sorted().toList());
    }
}
