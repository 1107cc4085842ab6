package io.longhaul.schema.watch;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Repairs;
import io.longhaul.schema.catalog.SchemaDiff;
import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaSteps.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the changesets whose tables a schema has, by its catalog, and compares them with its changelog. */
public final class Adoption {
    private static final String OF_ANOTHER_APPLICATION =
            "-- another application's: CREATE SCHEMA longhaul, name it with ?currentSchema=longhaul in DATABASE_URL, and migrate there";

    private final List<Changeset> changesets;
    private final SchemaSteps steps;
    private final CatalogSnapshot snapshot;
    private final Step step;
    private final Set<String> recorded = new HashSet<>();
    private final List<Difference> wrong = new ArrayList<>();
    private final List<Difference> left = new ArrayList<>();

    private Adoption(SchemaExpectation expectation, CatalogSnapshot snapshot, Integer level) {
        this.changesets = expectation.changelog().changesets();
        this.steps = expectation.steps();
        this.snapshot = snapshot;
        this.step = level == null ? steps.nearest(snapshot) : steps.ofLevel(level);
        snapshot.applied().forEach(changeset -> recorded.add(changeset.id()));
    }

    /** Judges a schema as one of the given level, or of the nearest if it is null. */
    public static Adoption of(SchemaExpectation expectation, CatalogSnapshot snapshot, Integer level) {
        Adoption adoption = new Adoption(expectation, snapshot, level);
        SchemaDiff.between(adoption.step.facts().values(), snapshot.facts(), false).stream()
                .filter(difference -> difference.fact().kind() != CatalogFact.Kind.NAMESAKE)
                .forEach(adoption::judge);
        return adoption;
    }

    /**
     * Lists what would be missing if the next changeset, or all, were recorded as applied. Objects of later changesets
     * may already exist.
     */
    public static List<Difference> missingAfter(SchemaExpectation expectation, CatalogSnapshot snapshot, boolean all) {
        SchemaSteps steps = expectation.steps();
        Set<String> recorded = snapshot.applied().stream().map(Changeset::id).collect(Collectors.toSet());
        List<Changeset> changesets = expectation.changelog().changesets();
        int next = 0;
        while (next < changesets.size()
                && recorded.contains(changesets.get(next).id())) {
            next++;
        }
        Step step = steps.after(all ? changesets.size() : Math.min(next + 1, changesets.size()));
        Map<String, CatalogFact> found = SchemaSteps.byKey(snapshot.facts());
        return SchemaDiff.between(step.facts().values(), snapshot.facts(), false).stream()
                .filter(difference -> difference.severity() != Severity.BENIGN && !difference.isExtra())
                .filter(difference -> !steps.comesAfter(
                        step,
                        difference.fact().key(),
                        found.get(difference.fact().key())))
                .toList();
    }

    /** Differences that must be repaired first. */
    public List<Difference> wrong() {
        return wrong;
    }

    /** Differences that may stay. */
    public List<Difference> left() {
        return left;
    }

    /** The state of the tables in words. */
    public String name() {
        return steps.name(step);
    }

    /** The number of changesets that made the tables. */
    public int made() {
        return step.count();
    }

    /**
     * The index of the first changeset that the changelog records wrongly; the number of all changesets if there is
     * none.
     */
    public int firstMismatch() {
        for (int i = 0; i < changesets.size(); i++) {
            if (isRecorded(i) != i < step.count()) {
                return i;
            }
        }
        return changesets.size();
    }

    /** The number of changesets that were made but not recorded. */
    public long unrecorded() {
        return count(0, step.count(), false);
    }

    /** The number of changesets that are recorded but were never made. */
    public long neverMade() {
        return count(step.count(), changesets.size(), true);
    }

    /**
     * True if migrating would start from a wrong state. An index that was built but not recorded does not count: the
     * next migration builds it again.
     */
    static boolean isMisled(SchemaExpectation expectation, CatalogSnapshot snapshot) {
        return new Adoption(expectation, snapshot, null).misleads();
    }

    private boolean misleads() {
        return neverMade() > 0
                || changesets.subList(0, step.count()).stream()
                        .anyMatch(changeset -> !recorded.contains(changeset.id()) && !makesOnlyAnIndex(changeset));
    }

    private boolean makesOnlyAnIndex(Changeset changeset) {
        int index = changesets.indexOf(changeset);
        Set<String> made = new HashSet<>(steps.after(index + 1).facts().keySet());
        made.removeAll(steps.after(index).facts().keySet());
        return !made.isEmpty() && made.stream().allMatch(key -> key.startsWith("index"));
    }

    private void judge(Difference difference) {
        boolean extra = difference.isExtra();
        if (extra && steps.isMadeAfter(step, difference.fact().key())) {
            wrong.add(inTheWay(difference));
        } else if (difference.severity() == Severity.FATAL
                || (difference.severity() == Severity.DEGRADED
                        && !difference.repair().startsWith("--"))) {
            wrong.add(difference);
        } else {
            left.add(difference);
        }
    }

    /** A later changeset makes an object of that name. */
    private Difference inTheWay(Difference difference) {
        return new Difference(
                difference.fact(),
                null,
                "nothing yet",
                difference.found(),
                Severity.FATAL,
                moved(difference.fact(), difference.repair()));
    }

    private String moved(CatalogFact fact, String repair) {
        String name = Repairs.ident(fact.name() + "_by_hand");
        String rename = " RENAME TO " + name + ";";
        String table = Repairs.ident(fact.relation());
        return switch (fact.kind()) {
            case TABLE -> step.count() == 0 ? OF_ANOTHER_APPLICATION : movedTable(fact);
            case COLUMN ->
                "ALTER TABLE " + table + " RENAME COLUMN " + Repairs.ident(fact.name()) + " TO " + name + ";";
            case CONSTRAINT -> "ALTER TABLE " + table + " DROP CONSTRAINT " + Repairs.ident(fact.name()) + ";";
            case INDEX -> "ALTER INDEX " + Repairs.ident(fact.object()) + rename;
            case TRIGGER -> "ALTER TRIGGER " + Repairs.ident(fact.name()) + " ON " + table + rename;
            case SEQUENCE -> "ALTER SEQUENCE " + Repairs.ident(fact.object()) + rename;
            case ENUM -> "ALTER TYPE " + Repairs.ident(fact.object()) + rename;
            case FUNCTION ->
                "ALTER FUNCTION " + fact.object() + " RENAME TO "
                        + Repairs.ident(fact.object().replaceFirst("\\(.*", "") + "_by_hand") + ";";
            default -> repair;
        };
    }

    /** Moves a table with its rows, keys and sequences. */
    private String movedTable(CatalogFact table) {
        String schema = Repairs.ident(snapshot.schema() + "_by_hand");
        String kind =
                table.get("is").equals("table") ? "TABLE" : table.get("is").toUpperCase(java.util.Locale.ROOT);
        return "CREATE SCHEMA IF NOT EXISTS " + schema + "; ALTER " + kind + " " + Repairs.ident(table.object())
                + " SET SCHEMA " + schema + ";";
    }

    private boolean isRecorded(int index) {
        return recorded.contains(changesets.get(index).id());
    }

    private long count(int from, int to, boolean wanted) {
        return changesets.subList(from, to).stream()
                .filter(changeset -> recorded.contains(changeset.id()) == wanted)
                .count();
    }
}
