package io.longhaul.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Jobs that are programs, as most users have them, and their floor: {@code xargs}, which starts the same program as often,
 * as many at a time, and waits for each.
 */
final class Programs implements AutoCloseable {
    /** A program that does nothing: only its start and its end cost something. */
    static final Program NOTHING = new Program("bench.nothing", "/bin/true", List.of("/bin/true"));

    /** A shell that reads its params and writes a result. */
    static final Program READING =
            new Program("bench.reading", "sh -c cat", List.of("/bin/sh", "-c", "cat >/dev/null; echo 1"));

    private final Path tools;

    /** A program, the tool that runs it, and its name for people. */
    record Program(String tool, String name, List<String> command) {}

    private Programs(Path tools) {
        this.tools = tools;
    }

    /** Writes the definitions of the tools. */
    static Programs define() throws IOException {
        Path file = Files.createTempFile("longhaul-bench-", ".yml");
        StringBuilder text = new StringBuilder("tools:\n");
        for (Program program : List.of(NOTHING, READING)) {
            text.append("- type: command\n  name: ").append(program.tool()).append("\n  command:\n");
            program.command().forEach(word -> text.append("  - '").append(word).append("'\n"));
        }
        Files.writeString(file, text);
        return new Programs(file);
    }

    /** The variables that give a server these tools. */
    Map<String, String> variables() {
        return Map.of("LONGHAUL_TOOLS", tools.toString());
    }

    /** Runs a program by {@code xargs}; NaN where that is not installed. */
    static double perSecond(Program program, int times, int atOnce) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("xargs", "-P", Integer.toString(atOnce), "-n", "1"));
        words.addAll(program.command());
        long begin = System.nanoTime();
        Process loop;
        try {
            loop = new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Double.NaN;
        }
        try (var input = loop.getOutputStream()) {
            input.write("x\n".repeat(times).getBytes(StandardCharsets.US_ASCII));
        }
        return loop.waitFor() == 0 ? times * 1e9 / (System.nanoTime() - begin) : Double.NaN;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(tools);
    }
}
