package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.mcp.CallIntake.Call;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.RegisteredTool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Serves calls of tools for all eras. No thread waits for a job: the rest of a call runs when there is something to send. */
final class ToolCalls {
    /** A call whose job ends within this time is answered as a whole, without a stream or a task. */
    private static final Duration BRIEFLY = Duration.ofMillis(300);

    /** Longer than any client waits without a stream. */
    static final Duration LONGEST = Duration.ofDays(1);

    private final ToolCatalog tools;
    private final CallIntake intake;
    private final JobAccess jobs;
    private final JobAnswer answers;
    private final ErrorTranslator errors;

    ToolCalls(ToolCatalog tools, CallIntake intake, JobAccess jobs, JobAnswer answers, ErrorTranslator errors) {
        this.tools = tools;
        this.intake = intake;
        this.jobs = jobs;
        this.answers = answers;
        this.errors = errors;
    }

    JobAccess jobs() {
        return jobs;
    }

    ToolCatalog tools() {
        return tools;
    }

    JobAnswer answers() {
        return answers;
    }

    /** Answers a call of a handle tool; false if the call is of another tool. */
    boolean handles(Exchange exchange, Era era) {
        RpcMessage message = exchange.message();
        JobCardTools card = tools.ofCard(message.text("name")).orElse(null);
        if (card != null) {
            exchange.answer(era.result(card.call(message, exchange.caller(), exchange.traceId())));
            return true;
        }
        HandleTools handles = tools.handle(message.text("name")).orElse(null);
        if (handles == null) {
            return false;
        }
        if (message.text("name").equals(HandleTools.START)) {
            take(
                    exchange,
                    era,
                    call(exchange, HandleTools.started(message), null),
                    job -> exchange.answer(era.result(handles.started(job))));
        } else {
            answer(exchange, handles.call(message, exchange.caller()), result -> exchange.answer(era.result(result)));
        }
        return true;
    }

    /** The tool that the request calls. */
    RegisteredTool tool(Exchange exchange) {
        exchange.caller().require(Role.SUBMIT);
        return tools.require(exchange.message().text("name"), exchange.caller());
    }

    /** The call that a message asks for. */
    Call call(Exchange exchange, RpcMessage message, JsonNode ttlMillis) {
        exchange.caller().require(Role.SUBMIT);
        RegisteredTool tool = tools.require(message.text("name"), exchange.caller());
        return new Call(
                tool,
                arguments(message),
                exchange.caller(),
                exchange.workTrace(),
                CallIntake.wanted(message, ttlMillis));
    }

    private static ObjectNode arguments(RpcMessage message) {
        JsonNode arguments = message.params().path("arguments");
        if (arguments.isMissingNode() || arguments.isNull()) {
            return Rpc.object();
        }
        if (!(arguments instanceof ObjectNode object)) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: the arguments of a tool are an object.");
        }
        return object;
    }

    /** Makes the job of a call. Wrong arguments are answered as a result that tells the model how to correct them. */
    void take(Exchange exchange, Era era, Call call, Consumer<Job> then) {
        CompletionStage<Submitted> taken;
        try {
            taken = intake.take(call);
        } catch (SubmissionRejected e) {
            reject(exchange, era, call, e);
            return;
        }
        var unused = taken.whenComplete((submitted, failure) -> {
            if (rejected(failure) instanceof SubmissionRejected e) {
                reject(exchange, era, call, e);
            } else if (failure != null) {
                exchange.fail(errors.of(failure, exchange));
            } else {
                exchange.setJob(submitted.job().id(), call.isShared());
                guard(exchange, () -> then.accept(submitted.job()));
            }
        });
    }

    private static Throwable rejected(Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void reject(Exchange exchange, Era era, Call call, SubmissionRejected rejected) {
        if (rejected.reason() == SubmissionRejected.Reason.IDEMPOTENCY_KEY_REUSED && call.isKnownById()) {
            exchange.fail(new RpcError(
                            RpcError.INVALID_PARAMS,
                            "Invalid params: _meta[\"" + LonghaulNames.CALL
                                    + "\"] is that of an earlier call of another"
                                    + " tool or with other arguments. Give each call an id of its own.")
                    .withData(Rpc.object().put("error_code", rejected.reason().name())));
            return;
        }
        boolean asksForTask = exchange.message().params().has("task");
        if (ErrorTranslator.isForModel(rejected) && !asksForTask) {
            exchange.answer(era.result(JobAnswer.error(ErrorTranslator.forModel(rejected))));
        } else {
            exchange.fail(errors.of(rejected, exchange));
        }
    }

    /**
     * Waits a moment for the end of a job. Answers with its result, or passes the unfinished job on.
     *
     * @param still takes a job that has not ended, or that cannot be read at the moment
     */
    void answerSoon(Exchange exchange, Era era, Job job, Consumer<Job> still) {
        answer(
                exchange,
                after(job, BRIEFLY),
                now -> ended(now)
                        .ifPresentOrElse(result -> exchange.answer(era.result(result)), () -> still.accept(now)));
    }

    /**
     * The job after its end or a time, or as it was known if it cannot be read then. It is committed: a failed read must not
     * look like a failed call.
     */
    private CompletionStage<Job> after(Job job, Duration longest) {
        return jobs.untilEnd(job.id(), longest).handle((now, failure) -> {
            if (failure != null) {
                unread(job, failure);
            }
            return failure == null ? now.orElseThrow(() -> gone(job)) : job;
        });
    }

    private static RpcError gone(Job job) {
        String id = job.id().toString();
        return JobAccess.notFound(id).withData(Rpc.object().put(ErrorTranslator.JOB, id));
    }

    /** The result of a call; nothing if its job has not ended, or what it left cannot be read at the moment. */
    private Optional<ObjectNode> ended(Job job) {
        try {
            return job.status().isFinal() ? Optional.of(answers.of(job)) : Optional.empty();
        } catch (RpcError e) {
            throw e;
        } catch (RuntimeException e) {
            unread(job, e);
            return Optional.empty();
        }
    }

    /** Reports what is tried again or done in another way. */
    static void unread(Job job, Throwable failure) {
        McpServer.LOG.warn("Job {} is stored, and could not be read for its client: {}", job.id(), failure.toString());
    }

    /**
     * Waits until a job asks something or has ended, or the time is over. Of several questions the first is enough, but the
     * others get a moment to come.
     *
     * @param looks how often the job is looked at
     */
    void untilAsked(Exchange exchange, Job job, Looks looks, Consumer<Job> then) {
        answer(exchange, after(job, looks.pause()), now -> {
            if (now.status().isFinal() || looks.areOver()) {
                then.accept(now);
            } else if (now.inputs().anyOpen()) {
                answer(exchange, after(now, Looks.OFTEN), then);
            } else {
                untilAsked(exchange, now, looks.next(), then);
            }
        });
    }

    /** Answers at the end of a job without a stream, for a client that accepts none. */
    void answerAtEnd(Exchange exchange, Era era, Job job) {
        answerAtEnd(exchange, era, job, Looks.everLess(LONGEST));
    }

    private void answerAtEnd(Exchange exchange, Era era, Job job, Looks looks) {
        answer(exchange, after(job, LONGEST), now -> {
            Optional<ObjectNode> result = looks.areOver() ? Optional.of(answers.of(now)) : ended(now);
            if (result.isPresent()) {
                exchange.answer(era.result(result.get()));
            } else if (!exchange.isAnswered()) {
                jobs.later(looks.pause(), () -> answerAtEnd(exchange, era, now, looks.next()));
            }
        });
    }

    /** Continues with a later value, or answers with its failure. */
    <T> void answer(Exchange exchange, CompletionStage<T> later, Consumer<T> then) {
        var unused = later.whenComplete((value, failure) -> {
            if (failure != null) {
                exchange.fail(errors.of(failure, exchange));
            } else {
                guard(exchange, () -> then.accept(value));
            }
        });
    }

    /** Runs work, and answers with its failure if it fails. */
    void guard(Exchange exchange, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            exchange.fail(errors.of(e, exchange));
        }
    }
}
