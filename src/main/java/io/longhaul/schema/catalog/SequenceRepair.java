package io.longhaul.schema.catalog;

import java.util.Collection;

/** Suggests how to make a sequence again, or restore its properties. */
final class SequenceRepair {
    private SequenceRepair() {}

    /** True if the sequence is created and dropped together with an identity column. */
    static boolean isIdentity(CatalogFact sequence, Collection<CatalogFact> expected) {
        return expected.stream()
                .anyMatch(fact -> fact.is(CatalogFact.Kind.COLUMN, sequence.get("owned_by"))
                        && !fact.get("identity").isEmpty());
    }

    static String create(CatalogFact sequence, Collection<CatalogFact> expected, Collection<CatalogFact> found) {
        if (isIdentity(sequence, expected)) {
            return "-- comes with the identity of " + sequence.get("owned_by");
        }
        String create = "CREATE SEQUENCE " + Repairs.ident(sequence.object()) + " AS " + sequence.get("type") + ";";
        return hasOwner(sequence, found)
                ? create + " " + owned(sequence) + " -- then setval() it behind the highest value in use"
                : create;
    }

    /** Only a column of a table can own a sequence, and an identity column only its own. */
    private static boolean hasOwner(CatalogFact sequence, Collection<CatalogFact> found) {
        String owner = sequence.get("owned_by");
        boolean column = found.stream()
                .anyMatch(fact -> fact.is(CatalogFact.Kind.COLUMN, owner)
                        && fact.get("identity").isEmpty());
        boolean table = found.stream()
                .anyMatch(fact -> fact.is(CatalogFact.Kind.TABLE)
                        && owner.startsWith(fact.object() + ".")
                        && fact.get("is").equals("table"));
        return column && table;
    }

    static String owned(CatalogFact sequence) {
        String owner = sequence.get("owned_by").isEmpty() ? "NONE" : sequence.get("owned_by");
        return "ALTER SEQUENCE " + Repairs.ident(sequence.object()) + " OWNED BY " + owner + ";";
    }

    static String changed(CatalogFact fact, String attribute, Collection<CatalogFact> found) {
        String alter = "ALTER SEQUENCE " + Repairs.ident(fact.object());
        return switch (attribute) {
            case "type" -> alter + " AS " + fact.get("type") + ";";
            case "increment" -> alter + " INCREMENT BY " + fact.get("increment") + ";";
            case "cycle" -> alter + (fact.get("cycle").equals("yes") ? "" : " NO") + " CYCLE;";
            case "max" -> alter + " NO MAXVALUE;";
            case "min" -> alter + " NO MINVALUE;";
            case "cache" -> alter + " CACHE 1;";
            case "persistence" -> alter + " SET LOGGED;";
            default -> hasOwner(fact, found) ? owned(fact) : "-- comes right with the table of " + fact.get("owned_by");
        };
    }
}
