package io.longhaul.tools.childprocess;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bounds on the resources of each process of a call. Set by {@code prlimit} (util-linux) and {@code nice}, which become
 * the program; so they hold for all its descendants, and need no rights.
 *
 * @param memory address space of a process, or null
 * @param cpuTime processor time of a process, or null
 * @param openFiles files, pipes and sockets that a process may have open, or null
 * @param fileSize largest file that may be written, or null
 * @param processes processes and threads that the server's user may have in all, or null
 * @param nice by how much the processes yield to others, 0 to 19, or null
 */
public record Limits(
        DataSize memory, Duration cpuTime, Integer openFiles, DataSize fileSize, Integer processes, Integer nice) {
    /** No limits but those of the server itself. */
    public static final Limits NONE = new Limits(null, null, null, null, null, null);

    private static final long MIB = 1024 * 1024;

    /** Exit codes after the signals SIGXCPU and SIGXFSZ, which the system sends to a process over its limit. */
    private static final int OVER_CPU_TIME = 128 + 24;

    private static final int OVER_FILE_SIZE = 128 + 25;

    /** Time between the first signal, which a program may handle, and the kill. */
    private static final int SECONDS_TO_LEAVE = 5;

    private static final Optional<Path> PRLIMIT = Program.search("prlimit", Environment.PATH_OF_SYSTEM);
    private static final Optional<Path> NICE = Program.search("nice", Environment.PATH_OF_SYSTEM);

    /** Checks the ranges. */
    public Limits {
        range("memory", memory == null ? null : memory.toBytes(), 16 * MIB, 1L << 50, "16MiB to 1PiB");
        range("cpu_time", cpuTime == null ? null : cpuTime.toSeconds(), 1, 365 * 86_400L, "1s to 365d");
        range("open_files", whole(openFiles), 16, 1 << 30, "16 to 1073741824");
        range("file_size", fileSize == null ? null : fileSize.toBytes(), 1, 1L << 50, "1B to 1PiB");
        range("processes", whole(processes), 1, 1 << 22, "1 to 4194304");
        range("nice", whole(nice), 0, 19, "0 to 19");
    }

    @JsonCreator
    static Limits of(
            @JsonProperty("memory") DataSize memory,
            @JsonProperty("cpu_time") Duration cpuTime,
            @JsonProperty("open_files") Integer openFiles,
            @JsonProperty("file_size") DataSize fileSize,
            @JsonProperty("processes") Integer processes,
            @JsonProperty("nice") Integer nice) {
        return new Limits(memory, cpuTime, openFiles, fileSize, processes, nice);
    }

    private static Long whole(Integer value) {
        return value == null ? null : value.longValue();
    }

    private static void range(String name, Long value, long least, long most, String range) {
        if (value != null && (value < least || value > most)) {
            throw new ToolConfigurationException("limits.%s is %d: write %s".formatted(name, value, range));
        }
    }

    /**
     * Checks that this machine can apply the limits.
     *
     * @throws ToolConfigurationException with the cure
     */
    public void checkSystem() {
        checkSystem(PRLIMIT.isPresent(), NICE.isPresent(), System.getProperty("user.name"));
    }

    void checkSystem(boolean hasPrlimit, boolean hasNice, String user) {
        if (!hasPrlimit && !options().isEmpty()) {
            throw new ToolConfigurationException(
                    "limits need the program prlimit, which is in none of %s: install util-linux, or remove limits"
                            .formatted(Environment.PATH_OF_SYSTEM));
        }
        if (!hasNice && nice != null) {
            throw new ToolConfigurationException(
                    "limits.nice needs the program nice, which is in none of %s: install coreutils, or remove it"
                            .formatted(Environment.PATH_OF_SYSTEM));
        }
        if (processes != null && "root".equals(user)) {
            throw new ToolConfigurationException(
                    "limits.processes does not hold for root: run the server as another user, or remove it");
        }
    }

    /**
     * Prefixes a command with the programs that set the limits.
     *
     * @param command program, by its full path, and arguments
     */
    public List<String> command(List<String> command) {
        List<String> limited = new ArrayList<>();
        if (nice != null) {
            limited.addAll(List.of(NICE.orElseThrow().toString(), "-n", nice.toString()));
        }
        List<String> options = options();
        if (!options.isEmpty()) {
            limited.add(PRLIMIT.orElseThrow().toString());
            limited.addAll(options);
        }
        limited.addAll(command);
        return limited;
    }

    private List<String> options() {
        List<String> options = new ArrayList<>();
        if (memory != null) {
            options.add("--as=" + memory.toBytes());
        }
        if (cpuTime != null) {
            options.add("--cpu=" + cpuTime.toSeconds() + ":" + (cpuTime.toSeconds() + SECONDS_TO_LEAVE));
        }
        if (openFiles != null) {
            options.add("--nofile=" + openFiles);
        }
        if (fileSize != null) {
            options.add("--fsize=" + fileSize.toBytes());
        }
        if (processes != null) {
            options.add("--nproc=" + processes);
        }
        return options;
    }

    /**
     * Finds the limit that a command exceeded, if that can be told: the system itself ends a process only for processor
     * time and file size; for other limits the program gets an error and may report it.
     *
     * @param exitCode of the command, not 0; 128 plus the signal's number if a signal ended it
     * @param used the processor time of the command itself if it was killed, as far as that is known
     * @param lastErrors its last lines on standard error
     * @return the problem and its cure
     */
    public Optional<String> exceeded(int exitCode, java.time.Duration used, String lastErrors) {
        // One that ignores the signal is killed later.
        if (cpuTime != null && (exitCode == OVER_CPU_TIME || used.compareTo(cpuTime.toJavaDuration()) >= 0)) {
            return Optional.of(
                    "The command took more than the %d s of processor time that it may: raise limits.cpu_time"
                            .formatted(cpuTime.toSeconds()));
        }
        if (fileSize != null && (exitCode == OVER_FILE_SIZE || Symptom.FILE_SIZE.in(lastErrors))) {
            return Optional.of("The command wrote a file of more than the %d bytes that it may: raise limits.file_size"
                    .formatted(fileSize.toBytes()));
        }
        if (memory != null && Symptom.MEMORY.in(lastErrors)) {
            return Optional.of(
                    "The command needs more than the %d bytes of memory that it may have: raise limits.memory"
                            .formatted(memory.toBytes()));
        }
        if (openFiles != null && Symptom.OPEN_FILES.in(lastErrors)) {
            return Optional.of("The command needs more than the %d open files that it may have: raise limits.open_files"
                    .formatted(openFiles));
        }
        if (processes != null && Symptom.PROCESSES.in(lastErrors)) {
            return Optional.of("The command needs more than the %d processes that the server's user may have: raise"
                            .formatted(processes)
                    + " limits.processes");
        }
        return Optional.empty();
    }

    /** Messages of programs to which the system refuses a resource: the system's own, and those of some languages. */
    private enum Symptom {
        /** ENOMEM. */
        MEMORY("cannot allocate memory|out of memory|memory exhausted|memoryerror|bad_alloc|outofmemoryerror"
                + "|could not reserve enough space|cannot allocate"),
        /** EFBIG. */
        FILE_SIZE("file too large|file size limit exceeded"),
        /** EMFILE. */
        OPEN_FILES("too many open files"),
        /** EAGAIN of fork. */
        PROCESSES("cannot fork|can't fork|fork: |resource temporarily unavailable|unable to create native thread");

        private final Pattern words;

        Symptom(String words) {
            this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
        }

        boolean in(String text) {
            return words.matcher(text).find();
        }
    }
}
