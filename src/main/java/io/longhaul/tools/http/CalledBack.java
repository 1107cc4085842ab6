package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.Callbacks;
import io.longhaul.tools.ProtocolLine;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Optional;

/**
 * The server is given an address, and posts there when the work is done.
 *
 * @param rules for the posted JSON; without conditions for {@code done}, anything but progress and log lines is the end
 * @param toolContext gives the address
 * @param header carries the address, unless a placeholder does; null then
 * @param cancels whether the server is told when the call ends early
 */
record CalledBack(StatusRules rules, ToolContext toolContext, String header, boolean cancels) implements Completion {
    /** The {@code callback:} block. */
    static final class CallbackSettings extends StatusSettings {
        /** Header of the request that carries the address, unless a placeholder does. */
        @JsonProperty
        @JsonSetter(nulls = Nulls.SKIP)
        private String header = "Callback-URL";

        String header() {
            return header;
        }
    }

    /** Upper bound on one wait; a wait also ends with the call. */
    private static final Duration LOOK = Duration.ofSeconds(30);

    @Override
    public ToolResult run(Conversation conversation, CallRequests requests) throws CallFailure, InterruptedException {
        ToolCall call = conversation.call();
        Callbacks.Address address = toolContext.callbacks().open(call.jobId(), call.attempt());
        try {
            ToolResult result = begun(call, requests, address);
            address.close();
            return result;
        } catch (CallFailure failure) {
            address.close();
            throw failure;
        } catch (InterruptedException e) {
            if (cancels) {
                // The server is told to stop; its reaction must not reach another attempt.
                address.close();
            }
            throw e;
        } finally {
            address.leave();
        }
    }

    private ToolResult begun(ToolCall call, CallRequests requests, Callbacks.Address address)
            throws CallFailure, InterruptedException {
        requests.know(
                PlaceholderValues.CALLBACK,
                JsonNodeFactory.instance.objectNode().put("url", address.url()));
        // Work that an earlier attempt began may have ended after its node was lost.
        Optional<ToolResult> ended = posted(call, address);
        if (ended.isPresent()) {
            return ended.get();
        }
        if (header == null) {
            requests.start();
        } else {
            requests.start(new FieldTemplates.Field(header, address.url()));
        }
        return await(call, address);
    }

    private Optional<ToolResult> posted(ToolCall call, Callbacks.Address address) throws InterruptedException {
        Optional<String> body = address.next(Duration.ZERO);
        while (body.isPresent()) {
            Optional<ToolResult> end = end(body.get(), call);
            if (end.isPresent()) {
                return end;
            }
            body = address.next(Duration.ZERO);
        }
        return Optional.empty();
    }

    private ToolResult await(ToolCall call, Callbacks.Address address) throws InterruptedException {
        while (true) {
            Optional<ToolResult> end = address.next(LOOK).flatMap(body -> end(body, call));
            if (end.isPresent()) {
                return end.get();
            }
            if (call.isCancelled()) {
                throw new InterruptedException("cancelled");
            }
        }
    }

    private Optional<ToolResult> end(String body, ToolCall call) {
        JsonNode json = ParamsJson.parse(body);
        // What the settings call the end is it, even if it reads like a line of the protocol.
        if (rules.isDone(json) || rules.isFailed(json)) {
            return judged(json, call);
        }
        // A server that calls back has no way to take an answer.
        Optional<ProtocolLine> line = ProtocolLine.parse(body).filter(read -> !(read instanceof ProtocolLine.Ask));
        return line.isPresent() ? obeyed(line.get(), call) : judged(json, call);
    }

    private Optional<ToolResult> obeyed(ProtocolLine line, ToolCall call) {
        if (line instanceof ProtocolLine.Progress progress) {
            String message = progress.message();
            call.progress(rules.fraction(progress), message == null ? null : Storable.text(message));
            return Optional.empty();
        }
        if (line instanceof ProtocolLine.Log log) {
            log.text().lines().map(Storable::text).forEach(call::log);
            return Optional.empty();
        }
        if (line instanceof ProtocolLine.Failed failed) {
            boolean retryable = failed.retryable() == null || failed.retryable();
            return Optional.of(new ToolResult.Failure(FailureKind.TOOL_ERROR, failed.message(), retryable));
        }
        return Optional.of(new ToolResult.Success(((ProtocolLine.Result) line).json()));
    }

    private Optional<ToolResult> judged(JsonNode json, ToolCall call) {
        rules.report(json, call);
        if (rules.isFailed(json)) {
            return Optional.of(rules.failure(json));
        }
        return rules.done().isEmpty() || rules.isDone(json) ? Optional.of(rules.success(json)) : Optional.empty();
    }
}
