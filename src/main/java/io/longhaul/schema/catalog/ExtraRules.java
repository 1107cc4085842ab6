package io.longhaul.schema.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Severity of objects that no migration of this service makes. FATAL means that an object can refuse this service's
 * writes or change what they store; BENIGN means that it cannot. A disabled object does neither.
 */
public final class ExtraRules {
    private static final String NOT_ENFORCED = " NOT ENFORCED";

    private final List<CatalogFact> found;

    /** @param found all facts that were found: the effect of a policy depends on its table */
    public ExtraRules(Collection<CatalogFact> found) {
        this.found = List.copyOf(found);
    }

    /**
     * The severity of one extra object.
     *
     * @param explained true if a newer release's changesets may have made it; their objects let this release's writes
     *     pass
     */
    Severity severity(CatalogFact fact, boolean explained) {
        return switch (fact.kind()) {
            case COLUMN -> column(new ExtraColumn(fact), explained);
            case CONSTRAINT -> fatalUnless(explained || fact.get("definition").endsWith(NOT_ENFORCED));
            case TRIGGER, RULE -> fatalUnless(explained || isOff(fact));
            case POLICY -> fatalUnless(explained || !isSecured(fact.relation()));
            case INDEX -> index(fact, explained);
            case NAMESAKE -> Severity.FATAL;
            case PUBLISHED -> isMendedByCommands(fact) ? Severity.BENIGN : Severity.DEGRADED;
            default -> Severity.BENIGN;
        };
    }

    /**
     * A statement that ends the object's effect on this service's writes and otherwise keeps it; a remark if it has
     * none.
     */
    public String repair(CatalogFact fact) {
        String table = "ALTER TABLE " + Repairs.ident(fact.relation());
        String name = Repairs.ident(fact.name());
        if (fact.is(CatalogFact.Kind.PUBLISHED)) {
            String whole = TableRepair.changed(fact, fact, "columns_left_out_by");
            return fact.get("columns_left_out_by").isEmpty() ? table + " REPLICA IDENTITY FULL;" : whole;
        }
        if (severity(fact, false) != Severity.FATAL) {
            return "-- not made by Longhaul's migrations; it refuses nothing and may stay";
        }
        return switch (fact.kind()) {
            case COLUMN -> new ExtraColumn(fact).repair();
            case CONSTRAINT ->
                table + " DROP CONSTRAINT " + (fact.get("is").equals("foreign key") ? "IF EXISTS " : "") + name + ";";
            case TRIGGER -> table + " DISABLE TRIGGER " + name + ";";
            case RULE -> table + " DISABLE RULE " + name + ";";
            case POLICY -> table + " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;";
            case INDEX -> "DROP INDEX CONCURRENTLY " + Repairs.ident(fact.object()) + ";";
            default ->
                "-- statements use " + fact.object()
                        + ": set ?currentSchema= in DATABASE_URL, or correct the role's search_path";
        };
    }

    private static Severity column(ExtraColumn column, boolean explained) {
        return fatalUnless(!column.refusesInserts() && (explained || !column.mayRefuse()));
    }

    private Severity index(CatalogFact index, boolean explained) {
        if (explained) {
            return Severity.BENIGN;
        }
        return SeverityRules.uniqueness(index) ? Severity.FATAL : new ExtraIndex(index, found).severity();
    }

    /**
     * The commands give the changelog a replica identity. Column lists of a publication are the publisher's decision.
     */
    static boolean isMendedByCommands(CatalogFact published) {
        return published.object().equals("databasechangelog")
                && published.get("columns_left_out_by").isEmpty();
    }

    private static boolean isOff(CatalogFact fact) {
        return Set.of("no", "replica").contains(fact.get("enabled"));
    }

    private boolean isSecured(String table) {
        return found.stream()
                .filter(fact -> fact.is(CatalogFact.Kind.TABLE, table))
                .anyMatch(fact -> !fact.get("row_security").equals("off"));
    }

    private static Severity fatalUnless(boolean harmless) {
        return harmless ? Severity.BENIGN : Severity.FATAL;
    }
}
