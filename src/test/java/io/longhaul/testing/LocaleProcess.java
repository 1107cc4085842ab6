package io.longhaul.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs a class in a process of its own, with another locale. */
public final class LocaleProcess {
    private LocaleProcess() {}

    /** What the class writes, as UTF-8, when its variable P is the word päss. */
    public static String output(Class<?> main, String locale) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "sh",
                "-c",
                // Java would write its own encoding.
                "P=\"$(printf 'p\\303\\244ss')\" exec \"$0\" -cp \"$1\" \"$2\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                main.getName()));
        builder.environment().put("LC_ALL", locale);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
