package io.longhaul.workers.run;

import io.longhaul.database.PinnedConnection;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.sql.JobTransitions;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/** Writes outcomes, those of a kind in one statement, on a connection that one thread keeps. */
public final class OutcomeWriter {
    private final PinnedConnection<JobTransitions> transitions;

    /** Writes outcomes of one kind and returns the jobs whose lease still held. */
    private interface Statement {
        List<UUID> write(List<Outcome> outcomes, Leases leases);
    }

    /** Makes a writer that takes a connection when it first writes. */
    public OutcomeWriter(Jdbi jdbi) {
        this.transitions = new PinnedConnection<>(jdbi, JobTransitions.class);
    }

    /**
     * Writes outcomes that are not yet taken.
     *
     * @param outcomes of different leases
     * @param taken receives the outcomes whose lease still held, as they are written: some may be when this throws
     */
    public void write(List<Outcome> outcomes, Map<Lease, Outcome> taken) {
        write(outcomes, taken, Outcome.Completed.class::isInstance, this::complete);
        write(outcomes, taken, OutcomeWriter::isFailure, this::fail);
        write(outcomes, taken, Outcome.GivenBack.class::isInstance, this::giveBack);
        write(outcomes, taken, Outcome.WaitsForInput.class::isInstance, this::waitForInput);
    }

    private void write(List<Outcome> all, Map<Lease, Outcome> taken, Predicate<Outcome> kind, Statement statement) {
        List<Outcome> outcomes = all.stream()
                .filter(kind)
                .filter(outcome -> !taken.containsKey(outcome.lease()))
                .sorted(Comparator.comparing(Outcome::lease, Leases.ORDER))
                .toList();
        if (outcomes.isEmpty()) {
            return;
        }
        Leases leases = Leases.of(outcomes.stream().map(Outcome::lease).toList());
        Set<UUID> done = new HashSet<>(statement.write(outcomes, leases));
        outcomes.stream()
                .filter(outcome -> done.contains(outcome.lease().jobId()))
                .forEach(outcome -> taken.put(outcome.lease(), outcome));
    }

    private static boolean isFailure(Outcome outcome) {
        return outcome instanceof Outcome.Failed || outcome instanceof Outcome.RetryLater;
    }

    private List<UUID> complete(List<Outcome> outcomes, Leases leases) {
        String[] results = outcomes.stream()
                .map(outcome -> ((Outcome.Completed) outcome).result())
                .toArray(String[]::new);
        return transitions.with(t -> t.complete(leases.ids(), leases.attempts(), leases.nodes(), results));
    }

    private List<UUID> fail(List<Outcome> outcomes, Leases leases) {
        String[] codes = outcomes.stream().map(OutcomeWriter::code).toArray(String[]::new);
        String[] messages = outcomes.stream().map(OutcomeWriter::message).toArray(String[]::new);
        Long[] delays = outcomes.stream().map(OutcomeWriter::delay).toArray(Long[]::new);
        return transitions.with(
                t -> t.failOrRetry(leases.ids(), leases.attempts(), leases.nodes(), codes, messages, delays));
    }

    private List<UUID> giveBack(List<Outcome> outcomes, Leases leases) {
        return transitions.with(t -> t.giveBack(leases.ids(), leases.attempts(), leases.nodes()));
    }

    private List<UUID> waitForInput(List<Outcome> outcomes, Leases leases) {
        return transitions.with(t -> t.inTransaction(same -> {
            t.lockAll(leases.ids());
            return t.waitForInput(leases.ids(), leases.attempts(), leases.nodes());
        }));
    }

    private static String code(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed
                ? failed.errorCode()
                : ((Outcome.RetryLater) outcome).errorCode();
    }

    private static String message(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed
                ? failed.errorMessage()
                : ((Outcome.RetryLater) outcome).errorMessage();
    }

    private static Long delay(Outcome outcome) {
        return outcome instanceof Outcome.RetryLater retry ? retry.delay().toMillis() : null;
    }
}
