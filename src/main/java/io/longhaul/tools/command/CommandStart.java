package io.longhaul.tools.command;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.Environment;
import io.longhaul.tools.childprocess.Limits;
import io.longhaul.tools.childprocess.Program;
import io.longhaul.tools.childprocess.ProgramStart;
import io.longhaul.tools.childprocess.RunningProgram;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Starts a command.
 *
 * @param directory its working directory, unless {@code folder} is set
 * @param folder the folder of the call that is its working directory, or null
 * @param stdin what it gets on standard input
 * @param isolated whether it is isolated from the server's other processes
 */
record CommandStart(
        Arguments arguments,
        Environment environment,
        Path directory,
        FolderPlaceholder folder,
        Limits limits,
        CommandToolFactory.Stdin stdin,
        boolean isolated) {
    /** The JVM gives the system's error only as a number in the message; 7 is E2BIG. */
    private static final Pattern TOO_LONG = Pattern.compile("error(=|: )7\\b");

    /**
     * Starts the command.
     *
     * @param own the call's own folder, or null if it has none
     * @return the running command; to be closed
     * @throws CallFailure if it cannot be started
     */
    RunningCommand start(ToolCall call, Folder own) throws CallFailure {
        String id = CallProcesses.newId();
        // Before the program runs, because large ones may find no memory.
        byte[] input = input(call, own);
        RunningProgram program = start(prepared(call, own, id));
        try {
            RunningCommand command = new RunningCommand(program, CallProcesses.of(program, id));
            if (input != null) {
                command.feed(input, !takesAnswers());
            }
            return command;
        } catch (RuntimeException | Error e) {
            program.discard();
            throw e;
        }
    }

    private byte[] input(ToolCall call, Folder own) {
        if (stdin == CommandToolFactory.Stdin.NONE) {
            return null;
        }
        String params = own == null ? call.paramsJson() : own.paramsJson();
        return (params + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the command reads answers from its standard input. */
    boolean takesAnswers() {
        return stdin == CommandToolFactory.Stdin.ANSWERS;
    }

    private ProgramStart prepared(ToolCall call, Folder own, String id) throws CallFailure {
        List<String> command = new ArrayList<>();
        command.add(Program.find(arguments.program(), environment.searchPath(), directory)
                .toString());
        command.addAll(arguments.fill(own == null ? call.params() : own.params(), own));
        Map<String, String> variables = environment.of(call, id);
        if (own != null) {
            variables.put("LONGHAUL_INPUTS", own.inputs().toString());
            variables.put("LONGHAUL_OUTPUTS", own.outputs().toString());
            variables.put("LONGHAUL_WORK", own.work().toString());
            environment.putUnlessConfigured(variables, "TMPDIR", own.temporary().toString());
        }
        return new ProgramStart(
                limits.command(command),
                variables,
                folder == null ? directory : folder.in(own),
                stdin != CommandToolFactory.Stdin.NONE,
                isolated);
    }

    private RunningProgram start(ProgramStart prepared) throws CallFailure {
        try {
            return prepared.run();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private CallFailure failure(IOException e) {
        if (TOO_LONG.matcher(String.valueOf(e.getMessage())).find()) {
            return new CallFailure(
                    FailureKind.INVALID_PARAMS,
                    "The params are too long for a command line: send less, or let the program read them from standard"
                            + " input, where their size does not matter.");
        }
        return new CallFailure(
                FailureKind.UNAVAILABLE,
                "The program %s cannot be started in %s (%s): see that both exist and the server's user may use them."
                        .formatted(arguments.program(), directory, e.getMessage()));
    }
}
