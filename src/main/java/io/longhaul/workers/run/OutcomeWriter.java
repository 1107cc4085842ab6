package io.longhaul.workers.run;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.intake.PinnedConnection;
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
        complete(of(outcomes, taken, Outcome.Completed.class::isInstance), taken);
        fail(of(outcomes, taken, OutcomeWriter::isFailure), taken);
        giveBack(of(outcomes, taken, Outcome.GivenBack.class::isInstance), taken);
    }

    private static List<Outcome> of(List<Outcome> outcomes, Map<Lease, Outcome> taken, Predicate<Outcome> kind) {
        return outcomes.stream()
                .filter(kind)
                .filter(outcome -> !taken.containsKey(outcome.lease()))
                .sorted(Comparator.comparing(Outcome::lease, Leases.ORDER))
                .toList();
    }

    private static boolean isFailure(Outcome outcome) {
        return outcome instanceof Outcome.Failed || outcome instanceof Outcome.RetryLater;
    }

    private void complete(List<Outcome> outcomes, Map<Lease, Outcome> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        Leases leases = leases(outcomes);
        String[] results = outcomes.stream()
                .map(outcome -> ((Outcome.Completed) outcome).result())
                .toArray(String[]::new);
        List<UUID> done = transitions.with(t -> t.complete(leases.ids(), leases.attempts(), leases.nodes(), results));
        keep(outcomes, done, taken);
    }

    private void fail(List<Outcome> outcomes, Map<Lease, Outcome> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        Leases leases = leases(outcomes);
        String[] codes = outcomes.stream().map(OutcomeWriter::code).toArray(String[]::new);
        String[] messages = outcomes.stream().map(OutcomeWriter::message).toArray(String[]::new);
        Long[] delays = outcomes.stream().map(OutcomeWriter::delay).toArray(Long[]::new);
        List<UUID> done = transitions.with(
                t -> t.failOrRetry(leases.ids(), leases.attempts(), leases.nodes(), codes, messages, delays));
        keep(outcomes, done, taken);
    }

    private void giveBack(List<Outcome> outcomes, Map<Lease, Outcome> taken) {
        if (outcomes.isEmpty()) {
            return;
        }
        Leases leases = leases(outcomes);
        List<UUID> done = transitions.with(t -> t.giveBack(leases.ids(), leases.attempts(), leases.nodes()));
        keep(outcomes, done, taken);
    }

    private static Leases leases(List<Outcome> outcomes) {
        return Leases.of(outcomes.stream().map(Outcome::lease).toList());
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

    private static void keep(List<Outcome> outcomes, List<UUID> done, Map<Lease, Outcome> taken) {
        Set<UUID> ids = new HashSet<>(done);
        outcomes.stream()
                .filter(outcome -> ids.contains(outcome.lease().jobId()))
                .forEach(outcome -> taken.put(outcome.lease(), outcome));
    }
}
