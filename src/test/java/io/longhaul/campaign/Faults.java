package io.longhaul.campaign;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The driver of `.ci/faults`: one fault after the other, each on a PostgreSQL of its own. Exits with 1 if a promise was broken. */
final class Faults {
    private static final Map<String, Fault> ALL = new LinkedHashMap<>();

    static {
        ALL.put("node-clocks", ClockFaults::nodes);
        ALL.put("database-clock", ClockFaults::database);
        ALL.put("pause", ClockFaults::pause);
        ALL.put("node-disk", ShortageFaults::nodeDisk);
        ALL.put("database-disk", ShortageFaults::databaseDisk);
        ALL.put("memory", ShortageFaults::memory);
        ALL.put("files", ShortageFaults::files);
        ALL.put("connections", ShortageFaults::connections);
    }

    /** Something that goes wrong. */
    interface Fault {
        /** Causes it, ends it, and returns what was seen; throws if a promise was broken. */
        String happen(Path work) throws Exception;
    }

    private Faults() {}

    /** Called by the script. */
    public static void main(String[] words) {
        List<String> names = words.length == 1
                ? List.copyOf(ALL.keySet())
                : Arrays.asList(words).subList(1, words.length);
        boolean broken = false;
        for (String name : names) {
            try {
                System.out.println("| " + name + " | " + ALL.get(name).happen(Path.of(words[0])) + " |");
            } catch (Exception | AssertionError e) {
                broken = true;
                System.out.println("| " + name + " | BROKEN: " + e + " |");
                e.printStackTrace(System.out);
            }
        }
        System.exit(broken ? 1 : 0);
    }
}
