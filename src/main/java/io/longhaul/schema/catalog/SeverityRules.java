package io.longhaul.schema.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Severity of each difference, for a release that expects the schema its migrations make. */
final class SeverityRules {
    /** PostgreSQL appends this to a constraint that was never checked on old rows. */
    static final String NOT_VALID = " NOT VALID";

    private SeverityRules() {}

    static Severity missing(CatalogFact fact) {
        return switch (fact.kind()) {
            case INDEX -> uniqueness(fact) ? Severity.FATAL : Severity.DEGRADED;
            case CONSTRAINT -> uniqueness(fact) ? Severity.FATAL : Severity.DEGRADED;
            case POLICY, RULE -> Severity.DEGRADED;
            default -> Severity.FATAL;
        };
    }

    static Severity changed(CatalogFact expected, CatalogFact found, String attribute) {
        return switch (expected.kind()) {
            case TABLE -> table(found, attribute);
            case COLUMN -> column(expected, found, attribute);
            case CONSTRAINT -> constraint(expected, found, attribute);
            case SEQUENCE ->
                Set.of("type", "increment", "max", "persistence").contains(attribute)
                        ? Severity.FATAL
                        : Severity.DEGRADED;
            case INDEX -> index(expected, found, attribute);
            case ENUM -> labels(found).containsAll(labels(expected)) ? labelOrder(expected, found) : Severity.FATAL;
            default -> Severity.FATAL;
        };
    }

    /**
     * A newer release may have changed it on purpose. That does not hold for objects that are gone, or that break
     * statements of this release.
     */
    static boolean mayBeVouchedFor(CatalogFact fact, String attribute, String found) {
        if (attribute == null) {
            boolean gone = found.equals(Difference.NOTHING);
            return gone ? fact.is(CatalogFact.Kind.INDEX) && !uniqueness(fact) : fact.kind() != CatalogFact.Kind.COLUMN;
        }
        return switch (fact.kind()) {
            case TABLE -> attribute.equals("options");
            case COLUMN -> attribute.equals("default") && !found.equals("none");
            case INDEX -> !uniqueness(fact) && !attribute.equals("state");
            case ENUM -> false;
            default -> true;
        };
    }

    private static String published(CatalogFact fact) {
        if (ExtraRules.isMendedByCommands(fact)) {
            return "published without replica identity: db tag and db rollback give it one first";
        }
        String by = Stream.of("columns_left_out_by", "filtered_by")
                .map(fact::get)
                .filter(names -> !names.isEmpty())
                .collect(Collectors.joining(","));
        return "published so that it refuses changes" + (by.isEmpty() ? "" : " (" + by + ")")
                + ": db commands cannot work";
    }

    /** The object in a few words, for the side that has it. */
    static String shown(CatalogFact fact) {
        return switch (fact.kind()) {
            case TABLE -> fact.get("is");
            case PUBLISHED -> published(fact);
            case NAMESAKE -> "the table of that name that statements find";
            case COLUMN -> columnType(fact);
            case ENUM -> fact.get("labels");
            case INDEX, CONSTRAINT, TRIGGER, RULE -> fact.get("definition");
            default -> fact.kind().label();
        };
    }

    /** The column as CREATE TABLE would state it, without its name. */
    static String columnType(CatalogFact column) {
        String domain = column.get("domain");
        StringBuilder text = new StringBuilder(column.get("type"))
                .append(domain.isEmpty() ? "" : " (a domain: " + column.get("base") + domain + ")");
        if (!column.get("default").isEmpty()) {
            text.append(" DEFAULT ").append(column.get("default"));
        }
        if (!column.get("generated").isEmpty()) {
            text.append(" GENERATED ALWAYS AS (")
                    .append(column.get("generated"))
                    .append(column.get("virtual").isEmpty() ? ") STORED" : ") VIRTUAL");
        }
        if (!column.get("identity").isEmpty()) {
            text.append(" GENERATED ")
                    .append(column.get("identity").toUpperCase(java.util.Locale.ROOT))
                    .append(" AS IDENTITY");
        }
        return column.get("nullable").equals("no") ? text.append(" NOT NULL").toString() : text.toString();
    }

    static List<String> labels(CatalogFact type) {
        return Arrays.asList(type.get("labels").split(",", -1));
    }

    /** The tablespace is the operator's decision. Rows that other tables add or remove are fatal. */
    private static Severity table(CatalogFact found, String attribute) {
        return switch (attribute) {
            case "is",
                    "persistence",
                    "row_security",
                    "parent",
                    "children",
                    "referenced_by",
                    "filtered_by",
                    "columns_left_out_by" -> Severity.FATAL;
            case "replica_identity" -> replicaIdentity(found.get(attribute));
            case "tablespace" -> Severity.BENIGN;
            default -> Severity.DEGRADED;
        };
    }

    /** The operator may choose any replica identity. Only having none can refuse writes. */
    private static Severity replicaIdentity(String found) {
        if (found.contains("published")) {
            return Severity.FATAL;
        }
        return found.equals("nothing") ? Severity.DEGRADED : Severity.BENIGN;
    }

    /** A constraint that was not checked on old rows still guards new ones. */
    private static Severity constraint(CatalogFact expected, CatalogFact found, String attribute) {
        if (attribute.equals("options")) {
            return Severity.DEGRADED;
        }
        String wanted = expected.get("definition");
        if (found.get("definition").equals(wanted + NOT_VALID)) {
            return Severity.DEGRADED;
        }
        boolean validated = wanted.equals(found.get("definition") + NOT_VALID);
        return validated && attribute.equals("definition") ? Severity.BENIGN : Severity.FATAL;
    }

    private static Severity index(CatalogFact expected, CatalogFact found, String attribute) {
        if (attribute.equals("tablespace")) {
            return Severity.BENIGN;
        }
        return uniqueness(expected) || uniqueness(found) ? Severity.FATAL : Severity.DEGRADED;
    }

    private static Severity column(CatalogFact expected, CatalogFact found, String attribute) {
        if (attribute.equals("collation") && found.get("collation").contains("nondeterministic")) {
            // Keys and names that differ only in case would be equal, for example.
            return Severity.FATAL;
        }
        if (Set.of("storage", "compression").contains(attribute)) {
            return Severity.BENIGN;
        }
        if (Set.of("statistics", "options").contains(attribute)) {
            return Severity.DEGRADED;
        }
        boolean loosened =
                attribute.equals("nullable") && expected.get("nullable").equals("no");
        return loosened || attribute.equals("collation") ? Severity.DEGRADED : Severity.FATAL;
    }

    /** Additional labels do no harm; another order changes the results of ORDER BY and comparisons. */
    private static Severity labelOrder(CatalogFact expected, CatalogFact found) {
        List<String> known = labels(expected);
        List<String> inOrder = labels(found).stream().filter(known::contains).toList();
        return inOrder.equals(known) ? Severity.BENIGN : Severity.DEGRADED;
    }

    static boolean uniqueness(CatalogFact fact) {
        return fact.get("unique").equals("yes")
                || fact.get("is").equals("primary key")
                || fact.get("is").equals("unique");
    }
}
