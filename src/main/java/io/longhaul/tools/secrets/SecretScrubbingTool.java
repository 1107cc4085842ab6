package io.longhaul.tools.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import io.longhaul.tools.spi.UnansweredException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Strikes a tool's secrets out of all that it reports: log lines, progress messages, failures and results. */
public final class SecretScrubbingTool implements Tool {
    private final Tool tool;
    private final Supplier<List<String>> secrets;

    private SecretScrubbingTool(Tool tool, Supplier<List<String>> secrets) {
        this.tool = tool;
        this.secrets = secrets;
    }

    /**
     * Wraps a tool.
     *
     * @param secrets called at each call
     */
    public static Tool of(Tool tool, Supplier<List<String>> secrets) {
        return new SecretScrubbingTool(tool, secrets);
    }

    /** Wraps a tool that uses these secrets. */
    public static Tool of(Tool tool, List<Secret> secrets) {
        return secrets.isEmpty()
                ? tool
                : of(
                        tool,
                        () -> secrets.stream()
                                .map(Secret::value)
                                .flatMap(Optional::stream)
                                .toList());
    }

    /** Wraps a tool whose requests carry these credentials. */
    public static Tool of(Tool tool, RequestCredentials credentials) {
        Tool scrubbed = of(tool, credentials.secrets());
        return scrubbed == tool ? tool : of(scrubbed, credentials::derived);
    }

    @Override
    public ToolDescription description() {
        return tool.description();
    }

    @Override
    public Duration stopTime() {
        return tool.stopTime();
    }

    @Override
    public ToolResult call(ToolCall call) throws InterruptedException {
        Scrubber scrubber;
        try {
            scrubber = new Scrubber(secrets.get());
        } catch (ToolConfigurationException e) {
            return ToolResult.failure(FailureKind.UNAVAILABLE, "Not called: " + e.getMessage() + ".");
        }
        return scrubbed(call, scrubber);
    }

    private ToolResult scrubbed(ToolCall call, Scrubber scrubber) throws InterruptedException {
        try {
            ToolResult result = tool.call(new ScrubbedCall(call, scrubber));
            if (result instanceof ToolResult.Success success) {
                return new ToolResult.Success(scrubber.json(success.json()));
            }
            return result instanceof ToolResult.Failure failure
                    ? new ToolResult.Failure(
                            failure.kind(), scrubber.text(failure.message()), failure.retryable(), failure.retryAfter())
                    : result;
        } catch (InterruptedException e) {
            throw e;
        } catch (UnansweredException e) {
            return ToolResult.failure(FailureKind.UNANSWERED, scrubber.text(e.getMessage()));
        } catch (Throwable e) {
            // Errors too: their messages may quote what they were given.
            return ToolResult.failure(FailureKind.TOOL_ERROR, scrubber.text(message(e)));
        }
    }

    private static String message(Throwable e) {
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
    }

    private record ScrubbedCall(ToolCall call, Scrubber scrubber) implements ToolCall {
        @Override
        public String jobId() {
            return call.jobId();
        }

        @Override
        public int attempt() {
            return call.attempt();
        }

        @Override
        public String traceId() {
            return call.traceId();
        }

        @Override
        public Optional<String> traceparent() {
            return call.traceparent();
        }

        @Override
        public JsonNode params() {
            return call.params();
        }

        @Override
        public String paramsJson() {
            return call.paramsJson();
        }

        @Override
        public void progress(double fraction, String message) {
            call.progress(fraction, scrubber.text(message));
        }

        @Override
        public void log(String line) {
            call.log(scrubber.text(line));
        }

        @Override
        public CompletableFuture<Answer> asking(Question question) throws InterruptedException {
            return call.asking(new Question(
                    question.key(),
                    scrubber.text(question.message()),
                    scrubbed(question.schema()),
                    question.timeout(),
                    scrubbed(question.mcp())));
        }

        private JsonNode scrubbed(JsonNode json) {
            return json == null ? null : ParamsJson.parse(scrubber.json(json.toString()));
        }

        @Override
        public void makeRoom(long bytes) throws InterruptedException {
            call.makeRoom(bytes);
        }

        @Override
        public boolean isGivenBack() {
            return call.isGivenBack();
        }

        @Override
        public void handOver() {
            call.handOver();
        }

        @Override
        public boolean isCancelled() {
            return call.isCancelled();
        }

        @Override
        public void onCancel(Runnable action) {
            call.onCancel(action);
        }
    }
}
