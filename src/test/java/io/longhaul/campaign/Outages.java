package io.longhaul.campaign;

import io.longhaul.campaign.History.Call;
import io.longhaul.campaign.History.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** How long clients got nothing done around each fault: the longest time without a success of any client. */
final class Outages {
    /** A job that was seen later than this after its end was not looked for before, and says nothing of an outage. */
    private static final long FRESH_NANOS = Duration.ofMillis(1_500).toNanos();

    private final Map<FailoverScenario, List<Gap>> gaps = new EnumMap<>(FailoverScenario.class);

    /**
     * A fault.
     *
     * @param begun when it was caused, as {@link System#nanoTime}
     * @param over when all was well again
     */
    record Fault(FailoverScenario scenario, long begun, long over) {}

    /** The longest times without an accepted submit, and without an ended job. */
    private record Gap(Duration submits, Duration ends) {}

    /**
     * Measures.
     *
     * @param faults in their order
     * @param calls of all clients
     * @param ended when each job ended, as {@link System#nanoTime}
     */
    Outages(List<Fault> faults, List<Call> calls, Map<String, Long> ended) {
        NavigableSet<Long> accepted = new TreeSet<>();
        calls.stream()
                .filter(call -> call.kind() == Kind.SUBMIT && call.isAnswered())
                .forEach(call -> accepted.add(call.answered()));
        NavigableSet<Long> seen = seenEnds(calls, ended);
        for (Fault fault : faults) {
            gaps.computeIfAbsent(fault.scenario(), any -> new ArrayList<>())
                    .add(new Gap(longest(accepted, fault), longest(seen, fault)));
            System.out.println("  " + fault.scenario() + " "
                    + gaps.get(fault.scenario()).get(gaps.get(fault.scenario()).size() - 1));
        }
    }

    /** When a client first saw the end of a job that had ended just before. */
    private static NavigableSet<Long> seenEnds(List<Call> calls, Map<String, Long> ended) {
        Map<String, Long> firsts = new HashMap<>();
        calls.stream()
                .filter(call -> call.isAnswered() && call.saw().hasEnded() && ended.containsKey(call.job()))
                .filter(call -> call.answered() - ended.get(call.job()) < FRESH_NANOS)
                .forEach(call -> firsts.merge(call.job(), call.answered(), Math::min));
        return new TreeSet<>(firsts.values());
    }

    /** The longest step between two successes, of which the second comes after the fault. */
    private static Duration longest(NavigableSet<Long> successes, Fault fault) {
        Long before = successes.floor(fault.begun());
        long last = before == null ? fault.begun() : before;
        long longest = 0;
        for (long next : successes.subSet(fault.begun(), false, fault.over(), true)) {
            longest = Math.max(longest, next - last);
            last = next;
        }
        return Duration.ofNanos(Math.max(longest, fault.over() - last));
    }

    /** A table in Markdown. */
    String table(String access) {
        StringBuilder table =
                new StringBuilder("| fault | access | runs | no submit: median | most | no end: median | most |\n");
        table.append("|---|---|---|---|---|---|---|\n");
        gaps.forEach((scenario, all) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.1f s | %.1f s | %.1f s | %.1f s |%n",
                scenario,
                access,
                all.size(),
                median(all.stream().map(Gap::submits).toList()),
                most(all.stream().map(Gap::submits).toList()),
                median(all.stream().map(Gap::ends).toList()),
                most(all.stream().map(Gap::ends).toList()))));
        return table.toString();
    }

    private static double median(List<Duration> times) {
        List<Duration> sorted = times.stream().sorted().toList();
        return seconds(sorted.get((sorted.size() - 1) / 2).plus(sorted.get(sorted.size() / 2))) / 2;
    }

    private static double most(List<Duration> times) {
        return seconds(times.stream().max(Duration::compareTo).orElseThrow());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1_000.0;
    }
}
