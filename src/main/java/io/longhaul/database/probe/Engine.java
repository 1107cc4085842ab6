package io.longhaul.database.probe;

import io.longhaul.database.LockMode;
import io.longhaul.schema.Diagnosis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The engine behind an address, as the probe saw it.
 *
 * @param name product and version, such as {@code PostgreSQL 18.1}
 * @param findings one for each capability that was looked at
 * @param rowsChosen true if the database says that nodes shall lock rows
 */
public record Engine(String name, List<Finding> findings, boolean rowsChosen) {
    public Engine {
        findings = List.copyOf(findings);
    }

    /** True if it is known to have this. */
    public boolean has(Capability capability) {
        return answers(capability, Finding.Answer.YES);
    }

    /** True if it is known not to have this. */
    public boolean lacks(Capability capability) {
        return answers(capability, Finding.Answer.NO);
    }

    /** True if everything could be tried, and nothing is missing. */
    public boolean isComplete() {
        return findings.stream().allMatch(one -> one.answer() == Finding.Answer.YES);
    }

    private boolean answers(Capability capability, Finding.Answer answer) {
        return findings.stream().anyMatch(one -> one.capability() == capability && one.answer() == answer);
    }

    /** Why this engine cannot be used, and what to do; empty if it can. */
    public Optional<Diagnosis> refusal() {
        return findings.stream()
                .filter(Finding::refuses)
                .findFirst()
                .map(lack -> new Diagnosis(
                        name + " cannot be used, because it lacks "
                                + lack.capability().label() + ": " + lack.message(),
                        lack.cure()));
    }

    /** The way in which nodes hear of work: {@code notify}, or {@code poll}. */
    public String wakeUpMode() {
        return lacks(Capability.NOTIFICATIONS) || lacks(Capability.SESSIONS) ? "poll" : "notify";
    }

    /** The way in which connections are used: as a {@code session} each, or for one {@code transaction} at a time. */
    public String connectionMode() {
        return lacks(Capability.SESSIONS) ? "transaction" : "session";
    }

    /** How transactions of nodes hold each other off. */
    public LockMode lockMode() {
        if (lacks(Capability.ADVISORY_LOCKS)) {
            return LockMode.ROWS;
        }
        return has(Capability.ADVISORY_LOCKS) && !rowsChosen ? LockMode.ADVISORY : LockMode.BOTH;
    }

    Engine with(boolean chosen) {
        return new Engine(name, findings, chosen);
    }

    private String locks() {
        return switch (lockMode()) {
            case ADVISORY -> "advisory locks";
            case ROWS -> "locked rows";
            case BOTH -> "advisory locks and locked rows, " + (rowsChosen ? "as this database says" : "to be sure");
        };
    }

    /** What it has, what it lacks, what is not known, and how nodes hold each other off. */
    public String summary() {
        return name + ": " + sentence("has ", Finding.Answer.YES) + sentence("; lacks ", Finding.Answer.NO)
                + sentence("; not tried: ", Finding.Answer.UNKNOWN) + ". Nodes hold each other off by " + locks() + ".";
    }

    private String sentence(String verb, Finding.Answer answer) {
        String names = findings.stream()
                .filter(one -> one.answer() == answer)
                .map(one -> one.capability().label())
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : verb + names;
    }

    /** For JSON: the modes, and the findings by the names of their capabilities. */
    public Map<String, Object> facts() {
        Map<String, Object> seen = new LinkedHashMap<>();
        findings.forEach(one -> seen.put(
                one.capability().name().toLowerCase(Locale.ROOT),
                Map.of(
                        "answer",
                        one.answer().name().toLowerCase(Locale.ROOT),
                        "message",
                        one.message(),
                        "cure",
                        one.cure())));
        return Map.of(
                "engine",
                name,
                "wake_up_mode",
                wakeUpMode(),
                "connection_mode",
                connectionMode(),
                "lock_mode",
                lockMode().name().toLowerCase(Locale.ROOT),
                "capabilities",
                seen);
    }
}
