package io.longhaul.tools.childprocess;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.spi.FailureKind;
import java.io.File;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds programs as a shell does, with better messages. */
public final class Program {
    /** Encodes arguments, variables and file names: the locale's charset since Java 18, the default charset before. */
    public static final Charset CHARSET = Runtime.version().feature() < 18
            ? Charset.defaultCharset()
            : Charset.forName(System.getProperty("sun.jnu.encoding"));

    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private Program() {}

    /** The working directory of programs, as configured or relative to the server's own. */
    public static Path directory(String configured) {
        Path directory = Path.of(configured).toAbsolutePath().normalize();
        Checks.that(
                Files.isDirectory(directory),
                "working_directory %s is no folder: create it or correct the path",
                directory);
        return directory;
    }

    /**
     * Finds the program of a command. Called for each call, so that a program installed later is found.
     *
     * @param name a path if it has a slash, otherwise searched in {@code searchPath}
     * @param searchPath folders, separated by colons
     * @param directory base of relative paths
     * @throws CallFailure if it does not exist or may not be run
     */
    public static Path find(String name, String searchPath, Path directory) throws CallFailure {
        if (!name.contains("/")) {
            return search(name, searchPath)
                    .orElseThrow(() -> missing("The program '" + name + "' is in no folder of PATH (" + searchPath
                            + "): install it, or write its full path in the tool's command."));
        }
        Path path = directory.resolve(name);
        if (!Files.isRegularFile(path)) {
            throw missing("The program " + path + " does not exist: install it, or correct the tool's command.");
        }
        if (!Files.isExecutable(path)) {
            throw missing(
                    "The program " + path + " may not be run: make it executable (chmod +x) for the server's user.");
        }
        return path;
    }

    /**
     * Looks for a program without running it.
     *
     * @param name as for {@link #find}, like the other parameters
     * @return the problem, or nothing
     */
    public static List<String> missing(String name, String searchPath, Path directory) {
        try {
            find(name, searchPath, directory);
            return List.of();
        } catch (CallFailure failure) {
            return List.of(failure.getMessage());
        }
    }

    /** The first executable file of this name. */
    static Optional<Path> search(String name, String searchPath) {
        return folders(searchPath)
                .map(folder -> folder.resolve(name))
                .filter(Program::mayRun)
                .findFirst();
    }

    /** As {@code Files} would say, which makes an exception of each folder that does not have the program. */
    private static boolean mayRun(Path path) {
        File file = path.toFile();
        return file.isFile() && file.canExecute();
    }

    private static Stream<Path> folders(String searchPath) {
        return SEPARATOR
                .splitAsStream(searchPath)
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                // An empty or relative entry would mean the folder in which the server was started.
                .filter(Path::isAbsolute);
    }

    private static CallFailure missing(String message) {
        return new CallFailure(FailureKind.UNAVAILABLE, message);
    }
}
