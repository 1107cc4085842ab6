package io.longhaul.campaign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of the machine that do one thing and end. */
final class Programs {
    private Programs() {}

    static void run(String... words) throws IOException {
        lines(words);
    }

    /** Runs a program that must succeed, and returns what it prints. */
    static List<String> lines(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + ": " + printed);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return printed.lines().toList();
    }
}
