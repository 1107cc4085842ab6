package io.longhaul.questions;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobInputs;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.spi.Question;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Stores the questions of attempts, and finds out which of them are settled. */
public final class Asking {
    /** Questions of a job: a tool that asks more has a loop that does not end. */
    private static final int MOST = 100;

    private final Jdbi jdbi;

    public Asking(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Stores a question, or finds the same one of an earlier attempt, maybe with its answer. Nothing without the lease.
     *
     * @throws IllegalArgumentException if the question cannot be asked
     */
    public Optional<StoredQuestion> ask(Lease lease, Question question, InputPolicy policy) {
        String request = StoredQuestion.json(question);
        Duration wanted = question.timeout() == null ? policy.timeout() : question.timeout();
        Duration timeout = wanted.compareTo(InputPolicy.LONGEST) > 0 ? InputPolicy.LONGEST : wanted;
        Optional<JobInputs.Row> row = jdbi.withExtension(
                JobInputs.class,
                inputs -> inputs.ask(
                        lease.jobId(),
                        lease.attempt(),
                        lease.nodeId(),
                        question.key(),
                        request,
                        timeout.toMillis(),
                        MOST));
        if (row.isEmpty() && all(lease.jobId()).size() >= MOST) {
            throw new IllegalArgumentException("The question \"" + question.key() + "\" cannot be asked: a job may ask "
                    + MOST + " questions, each with a key of its own.");
        }
        return row.map(StoredQuestion::of);
    }

    private List<JobInputs.Row> all(UUID job) {
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.list(job));
    }

    /** True if this attempt has asked that question before. */
    public boolean hasAsked(Lease lease, String key) {
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.find(lease.jobId(), key))
                .filter(row -> row.attempt() == lease.attempt())
                .isPresent();
    }

    /** True if an attempt has a question that nobody has answered. */
    public boolean isWaiting(Lease lease) {
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.openUntil(lease.jobId(), lease.attempt()))
                .isPresent();
    }

    /** Names a question. */
    public record Key(UUID job, String key) {}

    /** Those of these questions that are answered, or whose time is over. */
    public List<StoredQuestion> settled(Collection<Key> questions) {
        UUID[] jobs = questions.stream().map(Key::job).toArray(UUID[]::new);
        String[] keys = questions.stream().map(Key::key).toArray(String[]::new);
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.settled(jobs, keys)).stream()
                .map(StoredQuestion::of)
                .toList();
    }
}
