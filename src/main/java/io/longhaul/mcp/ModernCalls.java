package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.time.Duration;
import java.util.List;

/** Calls of modern clients: answered as a whole, as a task, on a stream, or with what the job asks. */
final class ModernCalls {
    /** How long a call waits for the questions that its tool asks first. */
    private static final Duration FIRST_QUESTIONS = Duration.ofSeconds(5);

    private final ModernEra era;
    private final ToolCalls calls;
    private final JobQuestions questions;

    ModernCalls(ModernEra era, ToolCalls calls, JobQuestions questions) {
        this.era = era;
        this.calls = calls;
        this.questions = questions;
    }

    /**
     * A call.
     *
     * @param exchange of the request
     * @param call that it asks for
     * @param asTask whether it becomes a task
     */
    private record ModernCall(Exchange exchange, CallIntake.Call call, boolean asTask) {
        /** The tool and the arguments, which are the same when a client makes the call again with its responses. */
        String text() {
            return call.tool().name() + " " + Json.sorted(call.arguments());
        }

        JsonNode responses() {
            return exchange.message().params().path("inputResponses");
        }
    }

    /** Takes a call, or goes on with one that its client makes again with its responses. */
    void take(Exchange exchange, CallIntake.Call wanted, boolean asTask) {
        ModernCall call = new ModernCall(exchange, wanted, asTask);
        ObjectNode params = exchange.message().params();
        JsonNode state = params.path("requestState");
        // As if it were not there, the call would become another job.
        require(isAbsent(state) || state.isTextual(), "requestState must be a string: send it back as it came");
        require(
                isAbsent(call.responses()) || call.responses().isObject(),
                "inputResponses must be an object with a member for each response");
        if (state.isTextual()) {
            goOn(call, state.textValue());
        } else {
            if (!asTask) {
                exchange.requireRoomForStream();
            }
            boolean asksFirst = asTask && wanted.tool().policy().mcp().asksFirst();
            calls.take(exchange, era, wanted, job -> begun(call, job, asksFirst));
        }
    }

    private static boolean isAbsent(JsonNode param) {
        return param.isMissingNode() || param.isNull();
    }

    private static void require(boolean isRight, String otherwise) {
        if (!isRight) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: " + otherwise + ".");
        }
    }

    private void goOn(ModernCall call, String state) {
        Job job = calls.jobs().find(JobQuestions.job(state), call.exchange().caller());
        JobQuestions.check(state, job, call.text());
        boolean asksAgain = !questions
                .takeMatching(job, call.responses(), OpenQuestions.Giver.of(call.exchange()))
                .isEmpty();
        if (!asksAgain || !asked(call, job)) {
            begun(call, job, false);
        }
    }

    private void begun(ModernCall call, Job accepted, boolean asksFirst) {
        if (asksFirst) {
            calls.untilAsked(call.exchange(), accepted, Looks.often(FIRST_QUESTIONS), job -> {
                if (!asked(call, job)) {
                    soon(call, job);
                }
            });
        } else {
            soon(call, accepted);
        }
    }

    private void soon(ModernCall call, Job accepted) {
        Exchange exchange = call.exchange();
        calls.answerSoon(exchange, era, accepted, job -> {
            if (call.asTask()) {
                exchange.answer(era.result(ModernEra.TASKS.of(job).put("resultType", "task")));
            } else if (exchange.acceptsStreams()) {
                stream(call, job);
            } else {
                withoutStream(call, job);
            }
        });
    }

    private void withoutStream(ModernCall call, Job job) {
        if (Elicitation.canAskAnything(capabilities(call.exchange().message()))) {
            untilAskable(call, job, Looks.everLess(ToolCalls.LONGEST));
        } else {
            calls.answerAtEnd(call.exchange(), era, job);
        }
    }

    /** A question that this client cannot be asked is answered elsewhere: a later one may be for it. */
    private void untilAskable(ModernCall call, Job accepted, Looks looks) {
        calls.untilAsked(call.exchange(), accepted, looks, job -> {
            if (job.status().isFinal() || looks.areOver()) {
                calls.answerAtEnd(call.exchange(), era, job);
            } else if (!asked(call, job)) {
                untilAskable(call, job, looks.slowest());
            }
        });
    }

    /** Ends a call with what its job asks; false if there is nothing that this client can be asked, or it cannot be read. */
    private boolean asked(ModernCall call, Job job) {
        ObjectNode result = job.inputs().anyOpen() ? read(call, job) : null;
        if (result != null) {
            call.exchange().answer(result);
        }
        return result != null;
    }

    private ObjectNode read(ModernCall call, Job job) {
        try {
            return ask(call, job).result();
        } catch (RpcError e) {
            throw e;
        } catch (RuntimeException e) {
            ToolCalls.unread(job, e);
            return null;
        }
    }

    /**
     * Asks the client by ending the call, which it makes again with its responses. Some may have come with the call; what of
     * these does not fit is asked again.
     */
    private Asker.Asked ask(ModernCall call, Job job) {
        List<WrongResponse> wrong =
                call.responses().isObject() && !call.responses().isEmpty()
                        ? questions.takeMatching(job, call.responses(), OpenQuestions.Giver.of(call.exchange()))
                        : List.of();
        return questions
                .requests(job.id(), capabilities(call.exchange().message()))
                .map(requests -> {
                    wrong.stream()
                            .filter(one -> requests.has(one.key()))
                            .forEach(one -> one.explainIn(requests.withObjectProperty(one.key())));
                    ObjectNode required = Rpc.object().put("resultType", "input_required");
                    required.set("inputRequests", requests);
                    required.put("requestState", JobQuestions.state(job, call.text()));
                    return new Asker.Asked(List.of(), era.result(required));
                })
                .orElse(Asker.Asked.NOTHING);
    }

    /** What a client can be asked. */
    static JsonNode capabilities(RpcMessage message) {
        return message.meta().path(Protocol.META_CAPABILITIES);
    }

    private void stream(ModernCall call, Job job) {
        Exchange exchange = call.exchange();
        RpcMessage message = exchange.message();
        JsonNode token = message.progressToken();
        LogLevel.Wanted logs = LogLevel.wanted(message.meta().path(Protocol.META_LOG_LEVEL));
        StreamedCall.Policy policy = new StreamedCall.Policy(
                ended -> era.result(calls.answers().of(ended)),
                call.call().endsWithItsClient(),
                false,
                null,
                asking -> ask(call, asking));
        CallStream.open(
                exchange,
                new StreamedCall(
                        job.id(),
                        new StreamedCall.Request(exchange.id(), token, logs, MistypedNames.of(exchange.message())),
                        policy,
                        StreamedCall.Told.NOTHING),
                calls.jobs(),
                answered -> {});
    }
}
