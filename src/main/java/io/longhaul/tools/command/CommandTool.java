package io.longhaul.tools.command;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.Folders;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.ProtocolLine;
import io.longhaul.tools.childprocess.LineReader;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Runs a program for each call. */
final class CommandTool implements Tool {
    private static final ToolResult STOPPED =
            ToolResult.failure(FailureKind.TOOL_ERROR, "The command was stopped before its end.");

    /** Time after the grace period for killing remaining processes and removing files. */
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);

    /**
     * Opens a folder for each call of a command that needs one.
     *
     * @param needed false for commands without files: their calls save the cost
     */
    record FolderUse(boolean needed, Supplier<Folders> folders, FileParams files) {
        /** The folder of a call, to be closed; null if it needs none. */
        Folder open(ToolCall call) throws CallFailure, InterruptedException {
            return needed ? folders.get().open(call, files) : null;
        }
    }

    private final ToolDescription description;
    private final CommandStart launch;
    private final StandardOutput.Rules rules;
    private final ExitCodes exitCodes;
    private final Duration grace;
    private final FolderUse folders;

    /** Reasons for which the wait for a command ends. */
    private enum Ending {
        EXITED,
        OVERFLOW,
        CANCELLED,
        /** A question cannot be asked, or was not answered. */
        UNANSWERED
    }

    CommandTool(
            ToolDescription description,
            CommandStart launch,
            StandardOutput.Rules rules,
            ExitCodes exitCodes,
            Duration grace,
            FolderUse folders) {
        this.folders = folders;
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
    public Duration stopTime() {
        return grace.plus(KILLED_WITHIN);
    }

    @Override
    public ToolResult call(ToolCall call) throws InterruptedException {
        if (call.isCancelled()) {
            return STOPPED;
        }
        try (Folder folder = folders.open(call)) {
            ToolResult result = run(call, folder);
            if (folder != null && result instanceof ToolResult.Success) {
                launch.environment().checkNames(folder.outputs());
                folder.store();
            }
            return result;
        } catch (CallFailure failure) {
            return failure.result();
        }
    }

    private ToolResult run(ToolCall call, Folder folder) throws InterruptedException, CallFailure {
        CompletableFuture<Ending> ending = new CompletableFuture<>();
        CommandQuestions questions =
                new CommandQuestions(call, launch.takesAnswers(), () -> ending.complete(Ending.UNANSWERED));
        // Closed after the command, when no process writes to it any more.
        try (StandardOutput output =
                        new StandardOutput(rules, call, () -> ending.complete(Ending.OVERFLOW), questions);
                RunningCommand command = launch.start(call, folder)) {
            questions.answer(command);
            ToolResult result = follow(command, call, output, ending);
            if (questions.failure() != null) {
                return questions.failure();
            }
            if (folder != null) {
                // Processes left running must not write while the files are stored and removed.
                command.kill();
            }
            return result;
        }
    }

    private ToolResult follow(
            RunningCommand command, ToolCall call, StandardOutput output, CompletableFuture<Ending> ending)
            throws InterruptedException {
        var unused = command.exit().thenRun(() -> ending.complete(Ending.EXITED));
        StandardError errors = new StandardError(call);
        command.read(
                new LineReader(rules.most(), output),
                new LineReader(StandardError.LONGEST_LINE, errors),
                ending::completeExceptionally);
        call.onCancel(() -> ending.complete(Ending.CANCELLED));
        Ending end = await(ending, command);
        if (end == Ending.EXITED) {
            return outcome(command.drain(), command.processorTime(), output, errors);
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
            throw LostOutput.because(e.getCause());
        }
    }

    private ToolResult outcome(int exitCode, Duration used, StandardOutput output, StandardError errors)
            throws InterruptedException {
        if (output.overflown()) {
            return tooLarge();
        }
        Optional<ProtocolLine.Failed> failed = output.failed();
        if (failed.isPresent()) {
            return new ToolResult.Failure(
                    FailureKind.TOOL_ERROR,
                    failed.get().message(),
                    exitCodes.isRetryable(exitCode, failed.get().retryable()));
        }
        return exitCode == 0 ? output.result() : exitCodes.failure(exitCode, used, errors.tail());
    }

    private ToolResult tooLarge() {
        return ToolResult.failure(
                FailureKind.RESULT_TOO_LARGE,
                "The command wrote more than the %d bytes of output it may: write less, or raise max_output."
                        .formatted(rules.most()));
    }
}
