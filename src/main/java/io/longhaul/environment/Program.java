package io.longhaul.environment;

import java.util.Map;

/** How this program is called, in commands to copy: by its jar, or by the name of the launcher that started it. */
public final class Program {
    private static final String LAUNCHER = "LONGHAUL_PROGRAM";
    private static final String JAR = "java -jar app.jar";

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

    /**
     * A command line of this program.
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
