package io.longhaul.startup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where a server finds the archive that fits its jar and its Java: beside the jar, where {@code archive} or the maker of an
 * image put it, else in a folder of this user, where servers put it themselves.
 *
 * @param folder of this user
 */
record ArchiveFolder(Path folder) {
    private static final String VARIABLE = "LONGHAUL_ARCHIVE";
    private static final String OFF = "off";
    private static final String NAME = "server-[0-9a-f-]{36}\\.jsa";

    /** Follows the name of an archive that is being made. */
    static final String UNFINISHED = ".new";

    /** Each version of the jar and of Java makes its own; the last two are kept for those who go back. */
    private static final int KEPT = 2;

    /** The folder that the environment names; empty if it names none, or wants no archives. */
    static Optional<ArchiveFolder> of(Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (named.equalsIgnoreCase(OFF)) {
            return Optional.empty();
        }
        if (!named.isBlank()) {
            return Optional.of(new ArchiveFolder(Path.of(named)));
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (cache.isBlank() && home.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(
                new ArchiveFolder((cache.isBlank() ? Path.of(home, ".cache") : Path.of(cache)).resolve("longhaul")));
    }

    /** The archive to start from, if there is one that only this user or root can have written. */
    Optional<Path> find(Path jar) throws IOException {
        Path beside = jar.resolveSibling(Runtime.version().feature() >= 25 ? "app.aot" : "app.jsa");
        if (isSafe(beside) && modified(beside) >= modified(jar)) {
            return Optional.of(beside);
        }
        Path own = ownFile(jar);
        return isSafe(own) ? Optional.of(own) : Optional.empty();
    }

    /** The file in the folder that servers of this jar with this Java start from. Others have other names. */
    Path ownFile(Path jar) throws IOException {
        String fits = String.join(
                "\n",
                jar.toString(),
                Long.toString(Files.size(jar)),
                Long.toString(modified(jar)),
                System.getProperty("java.home"),
                System.getProperty("java.vm.version"));
        return folder.resolve("server-%s.jsa".formatted(UUID.nameUUIDFromBytes(fits.getBytes(StandardCharsets.UTF_8))));
    }

    /** True unless the own file was made today: one that Java refuses again and again is not made at each start. */
    boolean isOld(Path jar) throws IOException {
        Path own = ownFile(jar);
        return !Files.exists(own)
                || System.currentTimeMillis() - modified(own)
                        > Duration.ofDays(1).toMillis();
    }

    /** Makes the folder, for this user alone. */
    void create() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** The file that whoever makes an archive locks. */
    Path lock() {
        return folder.resolve("server.lock");
    }

    /** Removes what a server left that was stopped while it made one: Java adds to the name. Requires the lock. */
    void removeUnfinished() throws IOException {
        for (Path file : files(NAME + Pattern.quote(UNFINISHED) + ".*")) {
            Files.deleteIfExists(file);
        }
    }

    /** Removes the archives that others made, but for the youngest. */
    void tidy() throws IOException {
        List<Path> old = files(NAME).stream()
                .sorted(Comparator.comparing((Path file) -> file.toFile().lastModified())
                        .reversed())
                .skip(KEPT)
                .toList();
        for (Path file : old) {
            Files.deleteIfExists(file);
        }
    }

    private List<Path> files(String name) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .toList();
        }
    }

    /** An archive is code: one that somebody else can write would run whatever he wants. */
    private static boolean isSafe(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return false;
        }
        UserPrincipal owner = Files.getOwner(file);
        var rights = Files.getPosixFilePermissions(file);
        // The process' own folder belongs to its user, who may have no name.
        return (owner.equals(Files.getOwner(Path.of("/proc/self")))
                        || owner.getName().equals("root"))
                && !rights.contains(PosixFilePermission.GROUP_WRITE)
                && !rights.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static long modified(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class)
                .lastModifiedTime()
                .toMillis();
    }
}
