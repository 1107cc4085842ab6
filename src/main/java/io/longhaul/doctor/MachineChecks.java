package io.longhaul.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Checks this machine: Java, its memory, and the room in folders. They need no database. */
final class MachineChecks {
    private static final long MEGABYTE = 1L << 20;

    /** A node with fewer cannot hold the results of a few large jobs at a time. */
    private static final long LEAST_HEAP = 256 * MEGABYTE;

    /** The log of changes alone may grow to that (max_wal_size). */
    private static final long LEAST_DATA = 1024 * MEGABYTE;

    private final int java;
    private final long heap;
    private final ToLongFunction<Path> freeBytes;

    /**
     * @param java the feature version of Java
     * @param heap the most memory for objects, in bytes
     * @param freeBytes the room in a folder that is there
     */
    MachineChecks(int java, long heap, ToLongFunction<Path> freeBytes) {
        this.java = java;
        this.heap = heap;
        this.freeBytes = freeBytes;
    }

    static MachineChecks ofThisMachine() {
        return new MachineChecks(
                Runtime.version().feature(), Runtime.getRuntime().maxMemory(), MachineChecks::usable);
    }

    private static long usable(Path folder) {
        return Files.exists(folder) ? folder.toFile().getUsableSpace() : Long.MAX_VALUE;
    }

    List<Result> look(Setup setup) {
        Stream<Result> data = setup.dataFolder().stream().map(this::data);
        return Stream.concat(Stream.of(java(), heap(), files(setup)), data).toList();
    }

    private Result java() {
        return Result.ok("java", "Java " + java + (java < 21 ? "; from 21 on, jobs run on virtual threads." : "."));
    }

    private Result heap() {
        String message = "Java may use " + heap / MEGABYTE + " MB for objects here.";
        return heap < LEAST_HEAP
                ? Result.warn("heap", message, "Start the server with -Xmx512m, or give the machine more memory.")
                : Result.ok("heap", message);
    }

    private Result files(Setup setup) {
        long free = free(setup.files());
        String message = "%d MB are free in %s, and one job's files may take %d MB (files.maxJob)."
                .formatted(free / MEGABYTE, setup.files(), setup.jobBytes() / MEGABYTE);
        return free < setup.jobBytes()
                ? Result.warn(
                        "work folder",
                        message,
                        "Make room there, set LONGHAUL_FILES to a folder with more, or lower files.maxJob.")
                : Result.ok("work folder", message);
    }

    private Result data(Path folder) {
        long free = free(folder);
        String message = "%d MB are free in %s.".formatted(free / MEGABYTE, folder);
        return free < LEAST_DATA
                ? Result.warn(
                        "data folder",
                        message + " PostgreSQL needs up to 1024 MB for its log of changes (max_wal_size).",
                        "Make room there, or move the folder and set LONGHAUL_DATA while no server runs.")
                : Result.ok("data folder", message);
    }

    /** A folder that is not there yet has the room of the one that it will be made in. */
    private long free(Path folder) {
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Optional.of(there).map(freeBytes::applyAsLong).orElseThrow();
    }
}
