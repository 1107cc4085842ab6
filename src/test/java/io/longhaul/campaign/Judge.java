package io.longhaul.campaign;

import static java.util.stream.Collectors.groupingBy;

import io.longhaul.campaign.History.Call;
import io.longhaul.campaign.History.Kind;
import io.longhaul.campaign.History.Row;
import io.longhaul.campaign.History.Run;
import io.longhaul.campaign.History.State;
import io.longhaul.campaign.Violation.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides whether a history is one that the rules for jobs allow. Each job is a register of its own, whose states have an
 * order; so it is enough to compare each call with those that were answered before it was asked.
 */
final class Judge {
    /** The tools' clock counts hundredths of a second. */
    private static final long SLACK = Duration.ofMillis(50).toNanos();

    private final List<Violation> violations = new ArrayList<>();

    private Judge() {}

    /** Returns the broken rules, of each job in turn. */
    static List<Violation> violations(History history) {
        Judge judge = new Judge();
        judge.keys(history.calls());
        Map<String, List<Call>> calls =
                history.calls().stream().filter(call -> call.job() != null).collect(groupingBy(Call::job));
        Map<String, List<Run>> runs = history.runs().stream().collect(groupingBy(Run::job));
        Map<String, List<Call>> submits = history.calls().stream()
                .filter(call -> call.kind() == Kind.SUBMIT)
                .collect(groupingBy(Call::key));
        Map<String, Row> rows = new TreeMap<>();
        history.rows().forEach(row -> rows.put(row.job(), row));
        Set<String> jobs = new TreeSet<>(rows.keySet());
        jobs.addAll(calls.keySet());
        jobs.addAll(runs.keySet());
        for (String job : jobs) {
            Row row = rows.get(job);
            judge.job(
                    new Life(
                            job,
                            calls.getOrDefault(job, List.of()),
                            runs.getOrDefault(job, List.of()),
                            row == null ? List.of() : submits.getOrDefault(row.key(), List.of())),
                    row);
        }
        return judge.violations;
    }

    private record Life(String job, List<Call> calls, List<Run> runs, List<Call> submits) {}

    private void check(boolean holds, String job, Rule rule, Object first, Object second) {
        if (!holds) {
            violations.add(new Violation(job, rule, first, second));
        }
    }

    private void keys(List<Call> calls) {
        Map<String, Call> firsts = new HashMap<>();
        for (Call call : calls) {
            if (call.kind() == Kind.SUBMIT && call.isAnswered()) {
                Call first = firsts.putIfAbsent(call.key(), call);
                check(
                        first == null || first.job().equals(call.job()),
                        call.job(),
                        Rule.A_KEY_STANDS_FOR_ONE_JOB,
                        first,
                        call);
            }
        }
    }

    private void job(Life life, Row row) {
        if (row == null) {
            life.calls().stream()
                    .filter(call -> call.isAnswered() && !call.saw().isAbsent())
                    .findFirst()
                    .ifPresent(call -> check(false, life.job(), Rule.AN_ACCEPTED_JOB_IS_NEVER_LOST, call, "no row"));
            life.runs().forEach(run -> check(false, life.job(), Rule.RUNS_MATCH_THE_ROW, run, "no row"));
            return;
        }
        origin(life, row);
        ends(life, row);
        reads(life);
        attempts(life, row);
        runs(life, row);
        if (row.state().status().equals("completed") && row.isLogged()) {
            completed(life, row);
        }
    }

    private void origin(Life life, Row row) {
        check(!life.submits().isEmpty(), life.job(), Rule.A_JOB_COMES_FROM_A_SUBMIT, "no submit of its key", row);
        life.calls().stream()
                .filter(call -> call.kind() == Kind.SUBMIT && !call.key().equals(row.key()))
                .forEach(call -> check(false, life.job(), Rule.A_KEY_STANDS_FOR_ONE_JOB, call, row));
        long begin = life.submits().stream().mapToLong(Call::asked).min().orElse(Long.MIN_VALUE);
        for (Run run : life.runs()) {
            check(run.begun() + SLACK >= begin, life.job(), Rule.A_JOB_RUNS_AFTER_ITS_SUBMIT, run, life.submits());
        }
    }

    private void ends(Life life, Row row) {
        State end = row.state();
        check(end.hasEnded(), life.job(), Rule.EVERY_JOB_ENDS, "the end of the campaign", row);
        for (Call call : life.calls()) {
            if (call.isAnswered() && call.saw().hasEnded()) {
                end(call, call.saw(), row);
            }
        }
        if (end.status().equals("cancelled")) {
            boolean asked = life.calls().stream().anyMatch(call -> call.kind() == Kind.CANCEL);
            check(asked, life.job(), Rule.ONLY_CLIENTS_CANCEL, "no cancel", row);
        }
    }

    private void end(Call call, State saw, Row row) {
        State end = row.state();
        boolean cancelled = call.kind() == Kind.CANCEL && saw.status().equals("cancelled");
        boolean isSame = saw.status().equals(end.status()) && (saw.attempt() < 0 || saw.attempt() == end.attempt());
        check(isSame, row.job(), cancelled ? Rule.A_CANCEL_IS_KEPT : Rule.AN_END_IS_FINAL, call, row);
        boolean isResult = saw.result() == null || Objects.equals(saw.result(), end.result());
        check(isResult, row.job(), Rule.A_RESULT_IS_THE_STORED_ONE, call, row);
    }

    /** Compares each call with the furthest one that was answered before it was asked. */
    private void reads(Life life) {
        List<Call> answered = life.calls().stream()
                .filter(Call::isAnswered)
                .sorted(Comparator.comparingLong(Call::answered))
                .toList();
        List<Call> asked =
                answered.stream().sorted(Comparator.comparingLong(Call::asked)).toList();
        Call furthest = null;
        int next = 0;
        for (Call call : asked) {
            for (; next < answered.size() && answered.get(next).answered() < call.asked(); next++) {
                Call before = answered.get(next);
                if (furthest == null || before.saw().position() > furthest.saw().position()) {
                    furthest = before;
                }
            }
            if (furthest != null && call.saw().position() < furthest.saw().position()) {
                goesBack(life, furthest, call);
            }
        }
    }

    private void goesBack(Life life, Call before, Call call) {
        Rule rule = call.saw().isAbsent()
                ? Rule.AN_ACCEPTED_JOB_IS_NEVER_LOST
                : before.kind() == Kind.CANCEL ? Rule.A_CANCEL_IS_KEPT : Rule.READS_NEVER_GO_BACK;
        check(isUnclaimed(life, before, call), life.job(), rule, before, call);
    }

    /** A claim that was given back before its tool began leaves the job as if it had not been claimed. */
    private static boolean isUnclaimed(Life life, Call before, Call call) {
        return before.saw().status().equals("running")
                && call.saw().status().equals("pending")
                && call.saw().attempt() == before.saw().attempt() - 1
                && life.runs().stream()
                        .noneMatch(
                                run -> run.attempt() == before.saw().attempt() && run.begun() + SLACK < call.asked());
    }

    private void attempts(Life life, Row row) {
        int last = row.state().attempt();
        if (row.state().status().equals("completed")) {
            check(!row.over().containsKey(last), life.job(), Rule.ONE_ATTEMPT_IS_EFFECTIVE, row.over(), row);
        }
        for (int attempt = 1; attempt < last; attempt++) {
            check(
                    row.over().containsKey(attempt),
                    life.job(),
                    Rule.ONE_ATTEMPT_IS_EFFECTIVE,
                    "attempt " + attempt + " has no end",
                    row);
        }
    }

    private void runs(Life life, Row row) {
        Map<Integer, Run> firsts = new HashMap<>();
        for (Run run : life.runs()) {
            Run first = firsts.putIfAbsent(run.attempt(), run);
            check(first == null, life.job(), Rule.AN_ATTEMPT_RUNS_ONCE, first, run);
            check(run.attempt() <= row.state().attempt(), life.job(), Rule.RUNS_MATCH_THE_ROW, run, row);
            String node = row.over().get(run.attempt());
            String known = node == null && run.attempt() == row.state().attempt() ? row.node() : node;
            check(known == null || known.equals(run.node()), life.job(), Rule.RUNS_MATCH_THE_ROW, run, row);
        }
    }

    private void completed(Life life, Row row) {
        Run run = life.runs().stream()
                .filter(one -> one.attempt() == row.state().attempt())
                .findFirst()
                .orElse(null);
        check(run != null && run.ended() != History.NEVER, life.job(), Rule.A_COMPLETED_JOB_HAS_RUN, run, row);
        for (Call call : life.calls()) {
            if (run != null && call.isAnswered() && call.saw().status().equals("completed")) {
                check(run.ended() - SLACK <= call.answered(), life.job(), Rule.A_COMPLETED_JOB_HAS_RUN, run, call);
            }
        }
    }
}
