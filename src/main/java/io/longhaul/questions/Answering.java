package io.longhaul.questions;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobInputs;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.spi.Answer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/** Takes the answers of users. */
public final class Answering {
    private final Jdbi jdbi;
    private final JobSignals signals;

    public Answering(Jdbi jdbi, JobSignals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    /** What came of an answer. */
    public enum Verdict {
        /** It is stored, now or by an earlier request with the same answer. */
        TAKEN,
        /** The question has another answer, which stays. */
        OTHER_ANSWER,
        /** The question's time was over. */
        TOO_LATE,
        /** The job has ended. */
        JOB_ENDED,
        /** The answer does not match the question's schema. */
        WRONG
    }

    /**
     * An answer that was looked at.
     *
     * @param question as it stands now
     * @param errors with pointers into the content, if it is wrong
     */
    public record Outcome(Verdict verdict, StoredQuestion question, List<ParamError> errors) {}

    /** The questions of a job, first to last. */
    public List<StoredQuestion> questions(UUID job) {
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.list(job)).stream()
                .map(StoredQuestion::of)
                .toList();
    }

    /**
     * Answers a question. The tool hears of it at once, on whatever node it runs; a job that waits without an attempt goes on
     * with its last answer. Nothing if there is no such question.
     *
     * @param by the principal, or null for anybody
     */
    public Optional<Outcome> answer(UUID job, String key, Answer answer, String by) {
        return again(() -> answerOnce(job, key, answer, by));
    }

    /** The connection may break after the commit: the same answer once more changes nothing. */
    private static <T> T again(Supplier<T> work) {
        try {
            return work.get();
        } catch (ConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) != DatabaseFault.AWAY) {
                throw e;
            }
            return work.get();
        }
    }

    private Optional<Outcome> answerOnce(UUID job, String key, Answer answer, String by) {
        Optional<StoredQuestion> asked = find(job, key);
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        if (answer.isAccepted() && !asked.get().row().isAnswered()) {
            List<ParamError> errors = asked.get().check(answer.content());
            if (!errors.isEmpty()) {
                return Optional.of(new Outcome(Verdict.WRONG, asked.get(), errors));
            }
        }
        return Optional.of(store(asked.get(), answer, by));
    }

    private Optional<StoredQuestion> find(UUID job, String key) {
        return jdbi.withExtension(JobInputs.class, inputs -> inputs.find(job, key))
                .map(StoredQuestion::of);
    }

    /** What a transaction has done. */
    private record Stored(Optional<JobInputs.Row> row, boolean ended, boolean goesOn) {}

    private Outcome store(StoredQuestion asked, Answer answer, String by) {
        UUID job = asked.row().jobId();
        Stored stored = jdbi.inTransaction(handle -> {
            JobTransitions transitions = handle.attach(JobTransitions.class);
            String status = transitions.lock(job);
            if (status == null || JobStatus.fromLabel(status).orElseThrow().isFinal()) {
                return new Stored(Optional.empty(), true, false);
            }
            JobInputs inputs = handle.attach(JobInputs.class);
            Optional<JobInputs.Row> row = inputs.answer(job, asked.row().key(), StoredQuestion.json(answer), by);
            row.ifPresent(taken -> inputs.resumeTime(job, taken.key()));
            return new Stored(
                    row, false, row.isPresent() && !transitions.goOn(job).isEmpty());
        });
        if (stored.row().isPresent()) {
            signals.answered(List.of(job));
            if (stored.goesOn()) {
                signals.ready();
            }
            return outcome(Verdict.TAKEN, StoredQuestion.of(stored.row().get()));
        }
        StoredQuestion now = find(job, asked.row().key()).orElse(asked);
        return outcome(verdict(now, answer, stored.ended()), now);
    }

    private static Verdict verdict(StoredQuestion now, Answer answer, boolean ended) {
        if (now.row().isAnswered()) {
            return now.hasAnswer(answer) ? Verdict.TAKEN : Verdict.OTHER_ANSWER;
        }
        return ended ? Verdict.JOB_ENDED : Verdict.TOO_LATE;
    }

    private static Outcome outcome(Verdict verdict, StoredQuestion question) {
        return new Outcome(verdict, question, List.of());
    }
}
