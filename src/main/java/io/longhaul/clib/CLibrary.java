package io.longhaul.clib;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Binds native methods to the C library. On 64-bit Linux only. */
public final class CLibrary {
    /** The reason why it cannot be called, or null if it can. */
    private static final String MISSING = load();

    private CLibrary() {}

    /**
     * Makes the static native methods of a class call the functions of the same names.
     *
     * @return the reason why they cannot be called, as the rest of a sentence, or null if they can
     */
    public static String bind(Class<?> methods) {
        if (MISSING == null) {
            Native.register(methods, "c");
        }
        return MISSING;
    }

    private static String load() {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").matches("amd64|aarch64")) {
            return "this is no 64-bit Linux";
        }
        Path folder = null;
        try {
            // Another user may have created JNA's default folder before.
            folder = Files.createTempDirectory("longhaul-jna");
            System.setProperty("jna.tmpdir", folder.toString());
            System.setProperty("jna.nosys", "true");
            // Its first use unpacks and loads its own library.
            Native.getDefaultStringEncoding();
            return null;
        } catch (IOException | LinkageError e) {
            return "the C library cannot be called from %s (%s)"
                    .formatted(System.getProperty("java.io.tmpdir"), e.getMessage());
        } finally {
            delete(folder);
        }
    }

    /** The library needs no file once it is loaded. */
    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
