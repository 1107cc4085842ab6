package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares expected with found facts.
 *
 * <p>A table that is missing, extra or not a table gives one difference and none for its parts. The exception are
 * triggers of a missing table.
 */
public final class SchemaDiff {
    /** A column's type, default and sequence already show these. */
    private static final Set<String> SAID_OTHERWISE = Set.of("base", "domain", "runs_out_at", "virtual");

    private static final Pattern FOREIGN_KEY = Pattern.compile("^FOREIGN KEY .* REFERENCES ([^( ]+)\\(");

    private final Map<String, CatalogFact> expected;
    private final Map<String, CatalogFact> found;
    private final boolean explained;
    private final ExtraRules extras;
    private final Repairs repairs;
    private final List<Difference> differences = new ArrayList<>();

    private SchemaDiff(Collection<CatalogFact> expected, Collection<CatalogFact> found, boolean explained) {
        this.expected = byKey(expected);
        this.found = byKey(found);
        this.explained = explained;
        this.extras = new ExtraRules(found);
        this.repairs = new Repairs(expected, found);
    }

    /**
     * Lists all differences.
     *
     * @param expected what the migrations make
     * @param found what the database has
     * @param explained true if the database records changesets of a newer release, which may have made additive changes
     * @return types and functions first, then by table, kind and name
     */
    public static List<Difference> between(
            Collection<CatalogFact> expected, Collection<CatalogFact> found, boolean explained) {
        SchemaDiff diff = new SchemaDiff(expected, found, explained);
        diff.compare();
        return List.copyOf(diff.differences);
    }

    private void compare() {
        Set<String> silent = replacedRelations();
        expected.values().stream()
                .filter(fact -> speaks(fact, silent) || isTriggerOfMissingTable(fact))
                .forEach(this::compareExpected);
        found.values().stream()
                .filter(fact -> !expected.containsKey(fact.key()) && speaks(fact, silent))
                .forEach(this::addExtra);
        // Types and functions come first, because the repairs that follow need them. Triggers come last, because they
        // may name any table.
        Map<String, Integer> positions = positions();
        differences.sort(Comparator.comparing((Difference d) -> d.fact().is(CatalogFact.Kind.TRIGGER))
                .thenComparing(d -> d.fact().kind().compareTo(CatalogFact.Kind.ENUM) < 0)
                .thenComparing(d -> positions.get(d.fact().relation()))
                .thenComparing(d -> d.fact().kind())
                .thenComparing(d -> d.fact().object()));
    }

    /** Positions of tables by name, but each after the tables that its foreign keys name: repairs run in this order. */
    private Map<String, Integer> positions() {
        Map<String, Set<String>> named = new HashMap<>();
        for (CatalogFact fact : expected.values()) {
            Matcher foreignKey = FOREIGN_KEY.matcher(fact.get("definition"));
            if (fact.is(CatalogFact.Kind.CONSTRAINT) && foreignKey.find()) {
                named.computeIfAbsent(fact.relation(), table -> new TreeSet<>()).add(foreignKey.group(1));
            }
        }
        Map<String, Integer> positions = new LinkedHashMap<>();
        Set<String> relations = new TreeSet<>();
        differences.forEach(difference -> relations.add(difference.fact().relation()));
        relations.forEach(relation -> place(relation, named, positions, new HashSet<>()));
        return positions;
    }

    private static void place(
            String relation, Map<String, Set<String>> named, Map<String, Integer> positions, Set<String> begun) {
        if (!positions.containsKey(relation) && begun.add(relation)) {
            named.getOrDefault(relation, Set.of()).forEach(other -> place(other, named, positions, begun));
            positions.put(relation, positions.size());
        }
    }

    /** Tables whose parts get no differences of their own. */
    private Set<String> replacedRelations() {
        Set<String> replaced = new HashSet<>();
        Set<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        for (String key : keys) {
            CatalogFact one = expected.get(key);
            CatalogFact other = found.get(key);
            CatalogFact known = one == null ? other : one;
            if (known.is(CatalogFact.Kind.TABLE)
                    && !(one != null && other != null && one.get("is").equals(other.get("is")))) {
                replaced.add(known.object());
            }
        }
        return replaced;
    }

    /** Made together with its table, a trigger might come before another table that it names. */
    private boolean isTriggerOfMissingTable(CatalogFact fact) {
        return fact.is(CatalogFact.Kind.TRIGGER)
                && !repairs.isRenamed(fact.relation())
                && found.values().stream().noneMatch(live -> live.is(CatalogFact.Kind.TABLE, fact.relation()));
    }

    private static boolean speaks(CatalogFact fact, Set<String> silent) {
        boolean part = !fact.relation().equals(fact.object());
        return !(part && silent.contains(fact.relation()));
    }

    private void compareExpected(CatalogFact fact) {
        CatalogFact live = found.get(fact.key());
        if (live == null) {
            Severity severity = SeverityRules.missing(fact);
            add(fact, null, SeverityRules.shown(fact), Difference.NOTHING, severity, repairs.missing(fact));
        } else {
            compareAttributes(fact, live);
        }
    }

    private void compareAttributes(CatalogFact fact, CatalogFact live) {
        Set<String> names = new TreeSet<>(fact.attributes().keySet());
        names.addAll(live.attributes().keySet());
        if (fact.is(CatalogFact.Kind.COLUMN)) {
            names.removeAll(SAID_OTHERWISE);
        }
        if (names.contains("is") && !fact.get("is").equals(live.get("is"))) {
            names.retainAll(Set.of("is"));
        }
        for (String name : names) {
            if (!Objects.equals(fact.get(name), live.get(name))) {
                Severity severity = SeverityRules.changed(fact, live, name);
                add(
                        fact,
                        name,
                        orNone(fact.get(name)),
                        orNone(live.get(name)),
                        severity,
                        repairs.changed(fact, live, name));
            }
        }
    }

    private void addExtra(CatalogFact live) {
        Severity severity = extras.severity(live, explained);
        add(live, null, Difference.NOTHING, SeverityRules.shown(live), severity, repairs.extra(live));
    }

    private void add(
            CatalogFact fact, String attribute, String expected, String found, Severity severity, String repair) {
        boolean vouched =
                explained && severity != Severity.BENIGN && SeverityRules.mayBeVouchedFor(fact, attribute, found);
        differences.add(new Difference(fact, attribute, expected, found, vouched ? Severity.BENIGN : severity, repair));
    }

    private static String orNone(String value) {
        return value.isEmpty() ? "none" : value;
    }

    private static Map<String, CatalogFact> byKey(Collection<CatalogFact> facts) {
        Map<String, CatalogFact> byKey = new LinkedHashMap<>();
        facts.forEach(fact -> byKey.put(fact.key(), fact));
        return byKey;
    }
}
