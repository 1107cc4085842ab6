package io.longhaul.startup;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Options with which Java runs a server best, for one that was started without. Java's own choices are made for programs that
 * compute for hours on many processors. A server of ours waits for PostgreSQL, and its first minute counts: with less inlining
 * the optimising compiler takes half of the time, and code is shorter for a collector that marks nothing beside it.
 * docs/performance.md has the figures.
 */
public final class JavaOptions {
    /** Variables from which Java takes options that stand before those of the call. */
    private static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    /** Another make of Java that does not know them goes without. */
    private static final String UNKNOWN_ARE_NO_ERRORS = "-XX:+IgnoreUnrecognizedVMOptions";

    private static final Map<String, String> COMPILER = Map.of("MaxInlineLevel", "9", "FreqInlineSize", "100");

    private static final String COLLECTOR = "-XX:+UseParallelGC";

    /** Java ends if it is told of two collectors. */
    private static final String CHOOSES_COLLECTOR = "-XX:([+-]Use\\w*GC|.*(G1|ZGC|ZCollection|Shenandoah).*)|-Xincgc";

    /** Without it new objects would fill a third of the largest heap before the first collection. */
    private static final String YOUNG = "-XX:MaxNewSize=256m";

    /** In a smaller heap a third is less than that. */
    private static final long ROOMY = 1L << 30;

    private static final String CHOOSES_YOUNG = "-Xmn.*|-XX:(Max)?New(Size|Ratio).*";

    private JavaOptions() {}

    /** The options that Java takes from these variables of a process. */
    public static Stream<String> ofEnvironment(Map<String, String> environment) {
        return VARIABLES.stream()
                .map(name -> environment.getOrDefault(name, ""))
                .flatMap(text -> Stream.of(text.strip().split("\\s+")))
                .filter(word -> !word.isEmpty());
    }

    /**
     * The options to put in front of those of a call, for the machine and the heap of this process.
     *
     * @param given what the user has chosen, in the call and in the environment; that stays
     */
    public static List<String> with(Collection<String> given) {
        // On small machines Java takes a simple collector by itself.
        boolean usual = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .anyMatch(collector -> collector.getName().startsWith("G1"));
        return with(given, usual, Runtime.getRuntime().maxMemory());
    }

    static List<String> with(Collection<String> given, boolean usualCollector, long heap) {
        List<String> options = new ArrayList<>(List.of(UNKNOWN_ARE_NO_ERRORS));
        COMPILER.forEach((name, value) -> {
            String option = "-XX:" + name + "=";
            if (given.stream().noneMatch(one -> one.startsWith(option))) {
                options.add(option + value);
            }
        });
        if (usualCollector && given.stream().noneMatch(one -> one.matches(CHOOSES_COLLECTOR))) {
            options.add(COLLECTOR);
            if (heap >= ROOMY && given.stream().noneMatch(one -> one.matches(CHOOSES_YOUNG))) {
                options.add(YOUNG);
            }
        }
        return options;
    }
}
