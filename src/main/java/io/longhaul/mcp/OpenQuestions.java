package io.longhaul.mcp;

import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.questions.Answering;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The questions of jobs that wait for an answer, and who may answer them. Answers are recorded as those over HTTP are. */
final class OpenQuestions {
    private static final Logger AUDIT = LoggerFactory.getLogger("longhaul.audit");

    private static final int OK = 200;

    private final Answering answering;
    private final AuditStatements audit;

    OpenQuestions(Answering answering, AuditStatements audit) {
        this.answering = answering;
        this.audit = audit;
    }

    /**
     * Who gives an answer.
     *
     * @param caller the caller
     * @param traceId the trace of the request
     */
    record Giver(Caller caller, String traceId) {
        static Giver of(Exchange exchange) {
            return new Giver(exchange.caller(), exchange.traceId());
        }
    }

    /** The open questions of a job, first to last. */
    List<StoredQuestion> of(UUID job) {
        return answering.questions(job).stream()
                .filter(question -> !question.isSettled())
                .toList();
    }

    /** Refuses a caller who may not answer the questions of a job. */
    void require(Job job, Caller caller) {
        caller.require(Role.SUBMIT);
        if (!caller.mayChange(job)) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Job " + job.id() + " is another's: only its submitter and operators answer its questions.");
        }
    }

    /**
     * Answers a question, and records it if the answer is taken. Nothing if there is no such question.
     *
     * @throws RpcError if the caller may not answer
     */
    Optional<Answering.Outcome> answer(Job job, String key, Answer answer, Giver giver) {
        require(job, giver.caller());
        Optional<Answering.Outcome> outcome =
                answering.answer(job.id(), key, answer, giver.caller().name());
        outcome.filter(taken -> taken.verdict() == Answering.Verdict.TAKEN)
                .ifPresent(taken -> record("POST /v1/jobs/" + job.id() + "/inputs/" + key, giver));
        return outcome;
    }

    /** The answer is taken, whether it can be recorded or not. */
    private void record(String action, Giver giver) {
        String name = giver.caller().principal().name();
        AUDIT.info("{} {} was answered {}", name, action, OK);
        try {
            audit.add(name, action, OK, giver.traceId());
        } catch (RuntimeException e) {
            AUDIT.warn("The action of {} is in this log only", name, e);
        }
    }
}
