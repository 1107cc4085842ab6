package io.longhaul.workers.remote;

import io.longhaul.telemetry.Telemetry;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Finds workers by their tokens, and keeps their leases. */
public final class RemoteWorkers {
    private final Jdbi jdbi;
    private final RemoteConfiguration configuration;
    private final Telemetry telemetry;

    RemoteWorkers(Jdbi jdbi, RemoteConfiguration configuration, Telemetry telemetry) {
        this.jdbi = jdbi;
        this.configuration = configuration;
        this.telemetry = telemetry;
    }

    /**
     * A worker that was just registered.
     *
     * @param token the worker's token from now on; secret, and returned only here
     */
    public record Registered(RemoteWorker worker, String token) {
        @Override
        public String toString() {
            return "Registered[" + worker + "]";
        }
    }

    /**
     * Registers a worker with a lease.
     *
     * @param name for people; need not be unique
     * @param version of its program, at most 40 characters
     * @param tools names of its tools
     */
    public Registered register(String name, String version, List<String> tools) {
        String secret = WorkerToken.newSecret();
        long millis = configuration.lease().toMillis();
        long id = jdbi.withExtension(
                RemoteStatements.class,
                s -> s.register(name, version, millis, WorkerToken.hash(secret), tools.toArray(String[]::new)));
        telemetry.nodeRegistered(id, name);
        return new Registered(new RemoteWorker(id, name), new WorkerToken(id, secret).text());
    }

    /**
     * Renews a worker's lease, and with it those of all its jobs.
     *
     * @param token may be null
     * @param tools names of its tools, or null to leave them
     * @return nothing when the worker was given up, or no worker has that token
     */
    public Optional<RemoteWorker> renew(String token, List<String> tools) {
        String[] names = tools == null ? null : tools.toArray(String[]::new);
        long millis = configuration.lease().toMillis();
        return WorkerToken.parse(token)
                .flatMap(known -> jdbi.withExtension(
                                RemoteStatements.class,
                                s -> s.renew(known.worker(), WorkerToken.hash(known.secret()), millis, names))
                        .map(name -> new RemoteWorker(known.worker(), name)));
    }

    void renewAfterOutage() {
        long millis = configuration.lease().toMillis();
        jdbi.useExtension(RemoteStatements.class, s -> s.renewAfterOutage(millis));
    }

    /**
     * Finds a worker, and leaves its lease as it is.
     *
     * @param token may be null
     * @throws LeaseLostException when it was given up, or no worker has that token
     */
    public RemoteWorker find(String token) throws LeaseLostException {
        return WorkerToken.parse(token)
                .flatMap(known -> jdbi.withExtension(
                                RemoteStatements.class, s -> s.find(known.worker(), WorkerToken.hash(known.secret())))
                        .map(name -> new RemoteWorker(known.worker(), name)))
                .orElseThrow(RemoteWorkers::unknown);
    }

    /** The answer to an unknown worker. */
    public static LeaseLostException unknown() {
        return new LeaseLostException(
                "No worker with this token is known, or not any more: it was silent for longer than"
                        + " its lease. Stop its jobs and claim anew; that gives another token.");
    }
}
