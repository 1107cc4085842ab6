package io.longhaul.startup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Options with which Java runs a server best, for one that was started without. Java's own choices are made for programs that
 * compute for hours on many processors. A server of ours waits for PostgreSQL, and its first minute counts: with less inlining
 * the optimising compiler takes half of the time, and code is shorter for a collector that marks nothing beside it.
 * docs/performance.md has the figures.
 */
public final class JavaOptions {
    /** What a user says afterwards wins. Another make of Java that does not know them goes without. */
    private static final List<String> COMPILER =
            List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:MaxInlineLevel=9", "-XX:FreqInlineSize=100");

    private static final String COLLECTOR = "-XX:+UseParallelGC";

    /** Java ends if it is told of two collectors. */
    private static final String CHOOSES_COLLECTOR = "-XX:([+-]Use\\w*GC|.*(G1|ZGC|ZCollection|Shenandoah).*)|-Xincgc";

    /** Without it new objects would fill a third of the largest heap before the first collection. */
    private static final String YOUNG = "-XX:MaxNewSize=256m";

    /** In a smaller heap a third is less than that. */
    private static final long ROOMY = 1L << 30;

    private static final String CHOOSES_YOUNG = "-Xmn.*|-XX:(Max)?New(Size|Ratio).*";

    private JavaOptions() {}

    /**
     * The options to put in front of those that the user has given, for the machine and the heap of this process.
     *
     * @param given the user's own; a collector or a size of its parts that they choose stays
     */
    public static List<String> with(Collection<String> given) {
        Runtime machine = Runtime.getRuntime();
        return with(given, machine.availableProcessors(), machine.maxMemory());
    }

    static List<String> with(Collection<String> given, int processors, long heap) {
        List<String> options = new ArrayList<>(COMPILER);
        // With one processor Java takes a simple collector by itself.
        if (processors > 1 && given.stream().noneMatch(option -> option.matches(CHOOSES_COLLECTOR))) {
            options.add(COLLECTOR);
            if (heap >= ROOMY && given.stream().noneMatch(option -> option.matches(CHOOSES_YOUNG))) {
                options.add(YOUNG);
            }
        }
        return options;
    }
}
