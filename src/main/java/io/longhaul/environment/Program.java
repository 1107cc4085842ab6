package io.longhaul.environment;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How this program is called, in commands to copy: by its jar, or by the name of the launcher that started it. */
public final class Program {
    private static final String LAUNCHER = "LONGHAUL_PROGRAM";
    private static final String JAR = "java -jar app.jar";
    private static final String JAR_NAME = "app.jar";

    private Program() {}

    /** The program of this process. */
    public static String name() {
        return name(Variables.ofThisProcess());
    }

    /** The program of a process with these variables. */
    public static String name(Map<String, String> environment) {
        String launcher = environment.getOrDefault(LAUNCHER, "");
        return launcher.isBlank() ? JAR : launcher;
    }

    /** The program of this process as whoever called it may call it again: with the path of the jar that was given. */
    public static String called() {
        return called(Variables.ofThisProcess());
    }

    /** The program of this process, which has these variables, as whoever called it may call it again. */
    public static String called(Map<String, String> environment) {
        return called(name(environment), System.getProperty("java.class.path"), Program.class);
    }

    /**
     * How a program was called.
     *
     * @param name as for anybody
     * @param jar the path that Java was given
     * @param inside a class of the program: another jar may run it
     */
    static String called(String name, String jar, Class<?> inside) {
        return name.equals(JAR) && holds(jar, inside) ? JAR.replace(JAR_NAME, quoted(jar)) : name;
    }

    private static boolean holds(String jar, Class<?> inside) {
        try {
            Path code = Path.of(
                    inside.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isRegularFile(code) && Files.isSameFile(code, Path.of(jar));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            // Such as a path with letters that the locale does not have.
            return false;
        }
    }

    /** A text as one word of a POSIX shell. */
    public static String quoted(String text) {
        return text.matches("[\\w./:=@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /**
     * A command line of this program, for readers who may be elsewhere.
     *
     * @param words as typed
     */
    public static String command(String words) {
        return name() + " " + words;
    }

    /**
     * A command about the server's database, in texts for callers: they need not know where its configuration file is. Without
     * the file the command would be about another database.
     *
     * @param words as typed, without the file
     */
    public static String commandOfServer(String words) {
        return "`" + command(words) + "`, with the server's configuration file";
    }
}
