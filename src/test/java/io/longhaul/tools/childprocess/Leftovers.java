package io.longhaul.tools.childprocess;

import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds processes that still work for a call, by their environment; zombies do not count. */
public final class Leftovers {
    private Leftovers() {}

    public static List<String> of(ToolCall call) {
        return with("LONGHAUL_JOB_ID=" + call.jobId());
    }

    public static List<String> with(String mark) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (read(process.resolve("environ")).contains(mark)) {
                    found.add(read(process.resolve("cmdline")).replace('\0', ' '));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
