package io.longhaul.schema.watch;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The catalog after each changeset. From it follows how far a schema was made, whatever its changelog says. A file
 * beside the level files lists the facts that each changeset adds ({@code +}) and removes ({@code -}).
 */
final class SchemaSteps {
    private static final String FILE = "schema/steps.txt";

    private final List<Changeset> changesets;
    private final List<Step> steps = new ArrayList<>();

    /**
     * The schema after some changesets.
     *
     * @param count the number of changesets
     * @param facts what they make together, by kind and object
     */
    record Step(int count, Map<String, CatalogFact> facts) {}

    private SchemaSteps(List<Changeset> changesets) {
        this.changesets = changesets;
    }

    /** The steps of this jar. If the file lacks a changeset, the state is known only at the end of its level. */
    static SchemaSteps of(SchemaExpectation expectation) {
        SchemaSteps steps = new SchemaSteps(expectation.changelog().changesets());
        Map<String, List<String>> changes = changes();
        Set<CatalogFact> facts = new TreeSet<>();
        steps.add(0, facts);
        for (int i = 0; i < steps.changesets.size(); i++) {
            Changeset changeset = steps.changesets.get(i);
            List<String> lines = changes.get(changeset.id());
            if (lines != null) {
                lines.forEach(line -> apply(line, facts));
                steps.add(i + 1, facts);
            } else if (steps.endsLevel(i)) {
                facts.clear();
                facts.addAll(expectation.facts(changeset.level()));
                steps.add(i + 1, facts);
            }
        }
        return steps;
    }

    /** The schema after a number of changesets, or after the next one that is known. */
    Step after(int count) {
        return steps.stream().filter(step -> step.count() >= count).findFirst().orElseThrow();
    }

    /** The schema at the end of a level. */
    Step ofLevel(int level) {
        return after((int) changesets.stream()
                .filter(changeset -> changeset.level() <= level)
                .count());
    }

    /**
     * The step that fits best: with the fewest objects missing, different, or too early. The latest of several, but of
     * those with the same catalog the one that the changelog records, and the earliest if it records none.
     */
    // A changeset that changes only rows leaves the catalog as it is: if nothing says that it ran, it has to.
    Step nearest(CatalogSnapshot snapshot) {
        Map<String, CatalogFact> found = byKey(snapshot.facts());
        Set<String> known = steps.stream()
                .flatMap(step -> step.facts().keySet().stream())
                .collect(Collectors.toCollection(HashSet::new));
        Step latest = steps.stream()
                .min(Comparator.comparing((Step step) -> distance(step, found, known))
                        .thenComparing(step -> -step.count()))
                .orElseThrow();
        Set<String> recorded = snapshot.applied().stream().map(Changeset::id).collect(Collectors.toSet());
        return steps.stream()
                .filter(step -> step.facts().equals(latest.facts()))
                .min(Comparator.comparing((Step step) -> mismatches(step, recorded))
                        .thenComparing(Step::count))
                .orElseThrow();
    }

    /** True if the found state of an object is the one that a later changeset makes. */
    boolean comesAfter(Step step, String key, CatalogFact found) {
        return steps.stream()
                .filter(later -> later.count() > step.count())
                .anyMatch(later -> found == null
                        ? !later.facts().containsKey(key)
                        : found.equals(later.facts().get(key)));
    }

    /** True if a later changeset makes an object of that kind and name, so that this one is in its way. */
    boolean isMadeAfter(Step step, String key) {
        return !step.facts().containsKey(key)
                && steps.stream()
                        .anyMatch(later ->
                                later.count() > step.count() && later.facts().containsKey(key));
    }

    /** The step in words. */
    String name(Step step) {
        if (step.count() == 0) {
            return "an empty schema";
        }
        Changeset last = changesets.get(step.count() - 1);
        return endsLevel(step.count() - 1) ? "level " + last.level() : "level " + last.level() + " up to " + last.id();
    }

    static Map<String, CatalogFact> byKey(Collection<CatalogFact> facts) {
        return facts.stream().collect(Collectors.toMap(CatalogFact::key, fact -> fact, (one, other) -> other));
    }

    private void add(int count, Collection<CatalogFact> facts) {
        steps.add(new Step(count, byKey(facts)));
    }

    private boolean endsLevel(int index) {
        return index + 1 == changesets.size()
                || changesets.get(index + 1).level() > changesets.get(index).level();
    }

    /** The number of changesets that are recorded and not in a step, or the other way round. */
    private long mismatches(Step step, Set<String> recorded) {
        return IntStream.range(0, changesets.size())
                .filter(i ->
                        i < step.count() != recorded.contains(changesets.get(i).id()))
                .count();
    }

    /** A missing table counts once: nothing shows which of its columns and indexes it had. */
    private static int distance(Step step, Map<String, CatalogFact> found, Set<String> known) {
        Set<String> missingTables = step.facts().values().stream()
                .filter(fact -> fact.kind() == CatalogFact.Kind.TABLE && !found.containsKey(fact.key()))
                .map(CatalogFact::object)
                .collect(Collectors.toSet());
        long wrong = missingTables.size()
                + step.facts().values().stream()
                        .filter(fact -> !missingTables.contains(fact.relation()))
                        .filter(fact -> !fact.equals(found.get(fact.key())))
                        .count();
        long early = found.keySet().stream()
                .filter(key -> known.contains(key) && !step.facts().containsKey(key))
                .count();
        return (int) (wrong + early);
    }

    private static void apply(String line, Set<CatalogFact> facts) {
        CatalogFact fact = CatalogFact.parse(line.substring(1));
        if (line.startsWith("+")) {
            facts.add(fact);
        } else {
            facts.remove(fact);
        }
    }

    private static Map<String, List<String>> changes() {
        Map<String, List<String>> changes = new HashMap<>();
        List<String> current = List.of();
        for (String line : text().lines().toList()) {
            if (line.startsWith("changeset ")) {
                current = new ArrayList<>();
                changes.put(line.substring("changeset ".length()), current);
            } else if (!line.startsWith("#")) {
                current.add(line);
            }
        }
        return changes;
    }

    private static String text() {
        try (InputStream in = SchemaSteps.class.getClassLoader().getResourceAsStream(FILE)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
