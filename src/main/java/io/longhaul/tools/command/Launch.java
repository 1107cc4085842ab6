package io.longhaul.tools.command;

import io.longhaul.tools.Refusal;
import io.longhaul.tools.process.CallProcesses;
import io.longhaul.tools.process.Environment;
import io.longhaul.tools.process.Program;
import io.longhaul.tools.process.Sessions;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How a command is started.
 *
 * @param arguments program and arguments
 * @param environment its environment variables
 * @param directory its working directory
 * @param feedsParams whether it gets the params as JSON on standard input; otherwise that is empty
 */
record Launch(Arguments arguments, Environment environment, Path directory, boolean feedsParams) {
    /** The JVM tells the system's errors only by their number in the message; 7 is E2BIG. */
    private static final Pattern TOO_LONG = Pattern.compile("error(=|: )7\\b");

    private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

    /**
     * Starts the command.
     *
     * @return the running command; to be closed
     * @throws Refusal if it cannot be started, saying why
     */
    RunningCommand start(ToolCall call) throws Refusal {
        String id = UUID.randomUUID().toString();
        Process process = start(builder(call, id));
        RunningCommand command = new RunningCommand(process, CallProcesses.of(process.toHandle(), id));
        if (feedsParams) {
            command.feed((call.paramsJson() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return command;
    }

    private ProcessBuilder builder(ToolCall call, String id) throws Refusal {
        List<String> command = new ArrayList<>();
        command.add(Program.find(arguments.program(), environment.searchPath(), directory)
                .toString());
        command.addAll(arguments.fill(call.params()));
        ProcessBuilder builder = new ProcessBuilder(Sessions.command(command)).directory(directory.toFile());
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment.of(call, id));
        return feedsParams ? builder : builder.redirectInput(NOTHING);
    }

    private Process start(ProcessBuilder builder) throws Refusal {
        try {
            return builder.start();
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    private Refusal refusal(IOException e) {
        if (TOO_LONG.matcher(String.valueOf(e.getMessage())).find()) {
            return new Refusal(
                    FailureKind.INVALID_PARAMS,
                    "The params are too long for a command line: send less, or let the program read them from standard"
                            + " input, where their size does not matter.");
        }
        return new Refusal(
                FailureKind.UNAVAILABLE,
                "The program %s cannot be started in %s (%s): see that both exist and the server's user may use them."
                        .formatted(arguments.program(), directory, e.getMessage()));
    }
}
