package io.longhaul.tools.command;

import io.longhaul.tools.ProtocolLine;
import io.longhaul.tools.Refusal;
import io.longhaul.tools.process.LineReader;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Runs a program for each call. */
final class CommandTool implements Tool {
    private static final ToolResult STOPPED =
            ToolResult.failure(FailureKind.TOOL_ERROR, "The command was stopped before its end.");

    private final ToolDescription description;
    private final Launch launch;
    private final OutputRules rules;
    private final ExitCodes exitCodes;
    private final Duration grace;

    /** Why waiting for a command is over. */
    private enum Ending {
        EXITED,
        OVERFLOW,
        CANCELLED
    }

    CommandTool(ToolDescription description, Launch launch, OutputRules rules, ExitCodes exitCodes, Duration grace) {
        this.description = description;
        this.launch = launch;
        this.rules = rules;
        this.exitCodes = exitCodes;
        this.grace = grace;
    }

    @Override
    public ToolDescription description() {
        return description;
    }

    @Override
    public ToolResult call(ToolCall call) throws InterruptedException {
        if (call.isCancelled()) {
            return STOPPED;
        }
        try (RunningCommand command = launch.start(call)) {
            return follow(command, call);
        } catch (Refusal refusal) {
            return refusal.failure();
        }
    }

    private ToolResult follow(RunningCommand command, ToolCall call) throws InterruptedException {
        CompletableFuture<Ending> ending = command.exit().thenApply(process -> Ending.EXITED);
        StandardOutput output = new StandardOutput(rules, call, () -> ending.complete(Ending.OVERFLOW));
        StandardError errors = new StandardError(call);
        command.read(
                new LineReader(rules.most(), output),
                new LineReader(StandardError.LONGEST_LINE, errors),
                ending::completeExceptionally);
        call.onCancel(() -> ending.complete(Ending.CANCELLED));
        Ending end = await(ending, command);
        if (end == Ending.EXITED) {
            return outcome(command.drain(), output, errors);
        }
        command.stop(grace);
        return end == Ending.OVERFLOW ? tooLarge() : STOPPED;
    }

    private Ending await(CompletableFuture<Ending> ending, RunningCommand command) throws InterruptedException {
        try {
            return ending.get();
        } catch (InterruptedException e) {
            command.stop(grace);
            throw e;
        } catch (ExecutionException e) {
            command.stop(grace);
            throw new IllegalStateException("what the command wrote could not be taken", e.getCause());
        }
    }

    private ToolResult outcome(int exitCode, StandardOutput output, StandardError errors) {
        if (output.overflown()) {
            return tooLarge();
        }
        Optional<ProtocolLine.Failed> failed = output.failed();
        if (failed.isPresent()) {
            Boolean retryable = failed.get().retryable();
            return new ToolResult.Failure(
                    FailureKind.TOOL_ERROR,
                    failed.get().message(),
                    retryable == null ? exitCodes.isRetryable(exitCode) : retryable);
        }
        return exitCode == 0 ? output.result() : exitCodes.failure(exitCode, errors.tail());
    }

    private ToolResult tooLarge() {
        return ToolResult.failure(
                FailureKind.TOO_LARGE,
                "The command wrote more than the %d bytes of output it may: write less, or raise max_output."
                        .formatted(rules.most()));
    }
}
