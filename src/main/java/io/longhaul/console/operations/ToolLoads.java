package io.longhaul.console.operations;

import io.longhaul.console.Reads;
import io.longhaul.console.Words;
import io.longhaul.jobs.sql.HourStats;
import io.longhaul.jobs.sql.HourStats.Busy;
import io.longhaul.jobs.sql.ToolLoad;
import io.longhaul.jobs.sql.ToolLoad.Load;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How busy each tool is: what waits and runs now, and what ended in a span. */
final class ToolLoads {
    private static final int TOOLS = 50;
    private static final int COUNTED = 1_000;
    private static final int LEASES = 2_000;
    private static final int WIDTH = 2;

    private final Reads reads;
    private final PlotSpan span;
    private final List<Instant> beginnings;

    ToolLoads(Reads reads, PlotSpan span, Instant latest) {
        this.reads = reads;
        this.span = span;
        this.beginnings = span.beginnings(latest);
    }

    /** The tools, those with the most jobs first. */
    List<OverviewView.Tool> read() {
        Map<String, Long> waiting = byTool(reads.inTime(ToolLoad.class, load -> load.waiting(TOOLS, COUNTED + 1)));
        List<Load> leases = reads.inTime(ToolLoad.class, load -> load.running(LEASES));
        Map<String, Long> running = byTool(leases);
        Map<String, Busy> ended = new HashMap<>();
        busiest().forEach(busy -> ended.put(busy.tool(), busy));
        Set<String> names = new TreeSet<>(waiting.keySet());
        names.addAll(running.keySet());
        names.addAll(ended.keySet());
        List<OverviewView.Tool> tools = new ArrayList<>();
        for (String name : names) {
            Busy busy = ended.getOrDefault(name, new Busy(name, 0, 0, List.of(), List.of()));
            tools.add(new OverviewView.Tool(
                    name,
                    bounded(waiting.getOrDefault(name, 0L)),
                    Words.number(running.getOrDefault(name, 0L)),
                    busy.ended(),
                    busy.failed(),
                    spark(line(busy))));
        }
        tools.sort(Comparator.comparingLong(OverviewView.Tool::ended).reversed());
        return tools.size() > TOOLS ? tools.subList(0, TOOLS) : tools;
    }

    private List<Busy> busiest() {
        OffsetDateTime from = beginnings.get(0).atOffset(ZoneOffset.UTC);
        OffsetDateTime to = from.plusSeconds((long) span.steps() * span.seconds());
        List<Busy> found = reads.inTime(
                HourStats.class,
                stats -> span.isOfMinutes()
                        ? stats.busiestByMinute(from, to, TOOLS)
                        : stats.busiest(from, to, span.seconds(), TOOLS));
        return found == null ? List.of() : found;
    }

    private long[] line(Busy busy) {
        long[] line = new long[span.steps()];
        for (int i = 0; i < busy.steps().size(); i++) {
            line[busy.steps().get(i)] += busy.jobs().get(i);
        }
        return line;
    }

    private static Map<String, Long> byTool(List<Load> loads) {
        Map<String, Long> jobs = new HashMap<>();
        if (loads != null) {
            loads.forEach(load -> jobs.put(load.tool(), load.jobs()));
        }
        return jobs;
    }

    private static String bounded(long jobs) {
        return jobs > COUNTED ? Words.number(COUNTED) + "+" : Words.number(jobs);
    }

    /** The path of a small line of bars, 20 high. */
    private static String spark(long[] line) {
        long most = 1;
        for (long one : line) {
            most = Math.max(most, one);
        }
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < line.length; i++) {
            if (line[i] > 0) {
                long height = Math.max(1, line[i] * 20 / most);
                path.append('M').append(WIDTH * i).append(' ').append(20 - height);
                path.append('h')
                        .append(WIDTH)
                        .append('v')
                        .append(height)
                        .append("h-")
                        .append(WIDTH)
                        .append('z');
            }
        }
        return path.toString();
    }
}
