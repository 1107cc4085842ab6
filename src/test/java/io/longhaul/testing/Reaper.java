package io.longhaul.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Ends what tests have started once the test JVM is gone, however that ended: a shell whose input ends with the JVM.
 */
public final class Reaper {
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            pids=' '
            gone=
            while read -r verb what; do
                case $verb in
                    watch) pids="$pids$what " ;;
                    forget) case $pids in
                        *" $what "*) pids="${pids%%" $what "*} ${pids#*" $what "}" ;;
                    esac ;;
                    postgres) set -- "$@" "$what" ;;
                    remove) gone="$gone $what" ;;
                esac
            done
            for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
            for folder in "$@"; do
                for file in "$folder"/pg*/postmaster.pid; do
                    read -r pid <"$file" || continue
                    read -r name <"/proc/$pid/comm" && [ "$name" = postgres ] && kill -QUIT "$pid"
                done 2>/dev/null
            done
            [ -z "$gone" ] || rm -rf $gone
            """;

    private static final Reaper SHARED = new Reaper();

    private OutputStream commands;

    private Reaper() {}

    /** From now on the end of this JVM ends that process. */
    static void watch(long pid) {
        SHARED.tell("watch " + pid);
    }

    /** The process has ended; its number may be another's soon. */
    static void forget(long pid) {
        SHARED.tell("forget " + pid);
    }

    /**
     * The end of this JVM ends the embedded PostgreSQL that keeps its data there, if one runs.
     *
     * @param dataFolder the folder
     */
    public static void watchPostgres(Path dataFolder) {
        SHARED.tell("postgres " + dataFolder.toAbsolutePath());
    }

    /** The end of this JVM removes a folder, whose name has no blanks. */
    static void removeLater(Path folder) {
        SHARED.tell("remove " + folder);
    }

    private synchronized void tell(String line) {
        try {
            if (commands == null) {
                commands = new ProcessBuilder("/bin/sh", "-c", SCRIPT, "longhaul-test-reaper")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .getOutputStream();
            }
            commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
