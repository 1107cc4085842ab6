package io.longhaul.schema.catalog;

import io.longhaul.schema.Cures;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Privileges that the role of the service needs and lacks. */
public final class MissingGrants {
    private MissingGrants() {}

    /** The difference for one table or sequence. Without the privilege every statement on it fails. */
    public static Difference difference(CatalogFact grant) {
        return new Difference(grant, null, grant.get("missing"), Difference.NOTHING, Severity.FATAL, repair(grant));
    }

    /** True for the schema of this service, its tables, and sequences that give defaults to columns of its tables. */
    public static boolean concerns(CatalogFact grant, Set<String> ours) {
        return grant.get("is").equals("schema")
                || grant.object().equals("databasechangelog")
                || (ours.contains(grant.object()) && grant.get("table").isEmpty())
                || (ours.contains(grant.get("table")) && !ours.contains(grant.object()));
    }

    /** More would make the message too long to read, and the cure is the same. */
    private static final int SHOWN = 3;

    /** Such as {@code UPDATE on table jobs; USAGE on sequence job_queue_seq}. */
    public static String text(List<Difference> differences) {
        String shown = differences.stream()
                .limit(SHOWN)
                .map(d -> d.fact().get("missing") + " on " + d.fact().get("is") + " "
                        + d.fact().object())
                .collect(Collectors.joining("; "));
        return differences.size() > SHOWN ? shown + "; and " + (differences.size() - SHOWN) + " more" : shown;
    }

    /** Statements for the owner to run; if there are many, the command that shows them. */
    public static String cure(List<Difference> differences, Cures cures) {
        if (differences.size() > SHOWN) {
            return cures.verify() + " shows the GRANTs that its owner has to run; " + cures.roles()
                    + " prints them all";
        }
        return "as the owner of the tables: "
                + differences.stream().map(Difference::repair).collect(Collectors.joining(" "));
    }

    private static String repair(CatalogFact grant) {
        String on = switch (grant.get("is")) {
            case "sequence" -> "SEQUENCE ";
            case "schema" -> "SCHEMA ";
            default -> "";
        };
        boolean quoted = on.equals("SCHEMA ") || !grant.get("table").isEmpty();
        String name = quoted ? grant.object() : Repairs.ident(grant.object());
        return "GRANT " + grant.get("missing") + " ON " + on + name + " TO " + Repairs.ident(grant.get("role")) + ";";
    }
}
