package io.longhaul.tools.childprocess;

import io.longhaul.environment.ProcessText;
import io.longhaul.environment.Variables;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program to start, in a session of its own.
 *
 * @param command program, by its full path, and arguments
 * @param environment its variables, and no others
 * @param feeds whether its standard input is a pipe; otherwise that is empty
 * @param isolated whether it is isolated from the server's other processes, as far as this machine can
 */
public record ProgramStart(
        List<String> command, Map<String, String> environment, Path directory, boolean feeds, boolean isolated) {
    private static final File NOTHING = new File("/dev/null");

    /** With Java's reading of those that are no text. */
    private static final Map<String, String> OWN = Map.copyOf(Variables.ofThisProcess());

    /**
     * Starts the program.
     *
     * @return the process; its streams end when the last process that has them ends
     * @throws IOException if it cannot be started; the message has the system's error, {@code error=7} for too long
     */
    public Process start() throws IOException {
        check();
        return isolation().start(this);
    }

    /**
     * Starts the program, whose output is then read line by line.
     *
     * @return the program, to be read at once
     * @throws IOException as for {@link #start}
     */
    public RunningProgram run() throws IOException {
        check();
        return isolation().run(this);
    }

    private void check() throws IOException {
        if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)
                || variables().stream().anyMatch(variable -> variable.indexOf('\0') >= 0)) {
            throw new IOException("a NUL character is in the command or its environment");
        }
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            requireLetters(ProcessText.encoding(Program.CHARSET), variable.getKey(), variable.getValue());
        }
    }

    private Isolation isolation() {
        return isolated ? Isolation.ofThisMachine() : Isolation.NONE;
    }

    List<String> variables() {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    ProgramStart with(List<String> other) {
        return new ProgramStart(other, environment, directory, feeds, isolated);
    }

    /** Java keeps the bytes of its own variables, and writes others in the locale's encoding. */
    private static void put(Map<String, String> inherited, String name, String value) throws IOException {
        if (inherited.containsKey(name) && value.equals(OWN.get(name))) {
            return;
        }
        requireLetters(Program.CHARSET, name, value);
        inherited.put(name, value);
    }

    private static void requireLetters(Charset encoding, String name, String value) throws IOException {
        if (!encoding.newEncoder().canEncode(name + value)) {
            throw new IOException("the server's locale (" + encoding + ") cannot pass on the variable " + name
                    + "; start the server with LC_ALL=C.UTF-8");
        }
    }

    /** Starts it by Java, which closes the streams soon after the program's end. */
    Process startByJava() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Setsid.command(command)).directory(directory.toFile());
        builder.environment().keySet().retainAll(environment.keySet());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            put(builder.environment(), variable.getKey(), variable.getValue());
        }
        return (feeds ? builder : builder.redirectInput(NOTHING)).start();
    }
}
