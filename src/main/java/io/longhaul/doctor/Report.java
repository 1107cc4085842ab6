package io.longhaul.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of all checks, in the order in which they were made. */
public record Report(List<Result> results) {
    /** Wide enough for the longest name of a check. */
    private static final String LINE = "%-8s%-20s%s%n";

    public Report {
        results = List.copyOf(results);
    }

    private long count(Verdict verdict) {
        return results.stream().filter(one -> one.verdict() == verdict).count();
    }

    /**
     * The exit code: 0 if nothing failed, 1 if something did, 2 if nothing failed but something could not be checked.
     *
     * @param strict true if warnings count as failures
     */
    public int exitCode(boolean strict) {
        boolean failed = count(Verdict.FAIL) > 0 || (strict && count(Verdict.WARN) > 0);
        return failed ? 1 : count(Verdict.UNKNOWN) > 0 ? 2 : 0;
    }

    /** A line for each result, and one for each cure. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Result one : results) {
            text.append(LINE.formatted(name(one.verdict()), one.check(), one.message()));
            if (!one.cure().isEmpty()) {
                text.append(LINE.formatted("", "", "Cure: " + one.cure()));
            }
        }
        return text
                + "%d ok, %d to improve, %d failed, %d not checked."
                        .formatted(count(Verdict.OK), count(Verdict.WARN), count(Verdict.FAIL), count(Verdict.UNKNOWN));
    }

    /** For programs. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        for (Verdict verdict : Verdict.values()) {
            json.put(name(verdict), count(verdict));
        }
        json.put("checks", results.stream().map(Report::json).toList());
        return json;
    }

    private static Map<String, Object> json(Result one) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("check", one.check());
        json.put("verdict", name(one.verdict()));
        json.put("message", one.message());
        json.put("cure", one.cure());
        return json;
    }

    private static String name(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
