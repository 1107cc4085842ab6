package io.longhaul.schema.watch;

import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.Severity;
import java.util.List;

/**
 * Facts that a check found.
 *
 * @param expectedLevel the schema level this release was built for
 * @param foundLevel the level the database is at; 0 if nothing is applied or nothing could be read
 * @param pending ids of this release's changesets that are not applied, in order
 * @param unknown ids of applied changesets that this release does not know: a newer one migrated
 * @param differences all differences between the expected and the found catalog
 */
public record SchemaFinding(
        int expectedLevel, int foundLevel, List<String> pending, List<String> unknown, List<Difference> differences) {
    public SchemaFinding {
        pending = List.copyOf(pending);
        unknown = List.copyOf(unknown);
        differences = List.copyOf(differences);
    }

    static SchemaFinding none(int expectedLevel) {
        return new SchemaFinding(expectedLevel, 0, List.of(), List.of(), List.of());
    }

    /** True if one of these tables of this service is missing. */
    public boolean lacksAny(String... tables) {
        return differences.stream()
                .filter(d -> d.fact().is(CatalogFact.Kind.TABLE) && d.isMissing())
                .anyMatch(d -> List.of(tables).contains(d.fact().object()));
    }

    /** This finding without differences, for a schema that should not be compared. */
    public SchemaFinding uncompared() {
        return new SchemaFinding(expectedLevel, foundLevel, List.of(), unknown, List.of());
    }

    public List<Difference> of(Severity severity) {
        return differences.stream().filter(d -> d.severity() == severity).toList();
    }

    /** True if all differences are BENIGN. */
    public boolean isBenign() {
        return of(Severity.BENIGN).size() == differences.size();
    }

    /** The level in words. */
    public String levels() {
        return foundLevel > expectedLevel
                ? "level " + foundLevel + ", beyond this release's " + expectedLevel
                : "level " + foundLevel + " of " + expectedLevel;
    }
}
