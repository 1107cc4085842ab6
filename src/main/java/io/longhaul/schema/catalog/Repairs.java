package io.longhaul.schema.catalog;

import io.longhaul.schema.Changelog;
import java.util.Collection;
import java.util.List;

/** Suggests the statement that would undo a difference. Nothing here is ever run: a person decides. */
public final class Repairs {
    /** A function's settings if its path names the schema where the function is. */
    private static final String OWN_PATH = "search_path=its schema, pg_temp";

    private final List<CatalogFact> expected;
    private final List<CatalogFact> found;
    private final Renames renames;
    private final ExtraRules extras;

    /**
     * @param expected all expected facts: a missing table is rebuilt from the facts about its parts
     * @param found all found facts: a missing object may exist under another name
     */
    Repairs(Collection<CatalogFact> expected, Collection<CatalogFact> found) {
        this.expected = List.copyOf(expected);
        this.found = List.copyOf(found);
        this.renames = new Renames(expected, found);
        this.extras = new ExtraRules(found);
    }

    String missing(CatalogFact fact) {
        return renames.undo(fact).orElseGet(() -> made(fact));
    }

    /** True if a missing table exists under another name, with all its parts. */
    boolean isRenamed(String table) {
        return expected.stream()
                .filter(fact -> fact.is(CatalogFact.Kind.TABLE, table))
                .anyMatch(fact -> renames.undo(fact).isPresent());
    }

    private String made(CatalogFact fact) {
        String table = ident(fact.relation());
        return switch (fact.kind()) {
            case TABLE -> new TableRepair(expected).create(fact);
            case COLUMN ->
                "ALTER TABLE " + table + " ADD COLUMN " + ColumnRepair.definition(fact) + ";"
                        + ColumnRepair.afterwards(fact);
            case CONSTRAINT -> addConstraint(fact);
            case INDEX -> createIndex(fact);
            case TRIGGER, RULE -> fact.get("definition") + ";";
            case ENUM ->
                "CREATE TYPE " + ident(fact.object()) + " AS ENUM ("
                        + fact.get("labels").replace(",", ", ") + ");";
            case SEQUENCE -> SequenceRepair.create(fact, expected, found);
            case FUNCTION ->
                Changelog.function(fact.object())
                        .map(create -> create + settingsAfterwards(fact))
                        .orElseGet(() -> byHand(fact));
            default -> byHand(fact);
        };
    }

    private static String byHand(CatalogFact fact) {
        return "-- run its changeset's statement for " + fact.kind().label() + " " + fact.object();
    }

    String extra(CatalogFact fact) {
        return renames.nameOf(fact)
                .map(name -> "-- is " + name + " under another name")
                .orElseGet(() -> extras.repair(fact));
    }

    private static String dropped(CatalogFact fact) {
        return fact.is(CatalogFact.Kind.INDEX)
                ? "DROP INDEX CONCURRENTLY " + ident(fact.object()) + ";"
                : "ALTER TABLE " + ident(fact.relation()) + " DROP CONSTRAINT "
                        + (fact.get("is").equals("foreign key") ? "IF EXISTS " : "") + ident(fact.name()) + ";";
    }

    String changed(CatalogFact fact, CatalogFact live, String attribute) {
        return switch (fact.kind()) {
            case TABLE -> TableRepair.changed(fact, live, attribute);
            case COLUMN -> ColumnRepair.changed(fact, live, attribute);
            case CONSTRAINT -> changedConstraint(fact, live, attribute);
            case INDEX -> changedIndex(fact, live, attribute);
            case SEQUENCE -> SequenceRepair.changed(fact, attribute, found);
            case TRIGGER ->
                attribute.equals("enabled")
                        ? "ALTER TABLE " + ident(fact.relation()) + " ENABLE TRIGGER " + ident(fact.name()) + ";"
                        : "DROP TRIGGER " + ident(fact.name()) + " ON " + ident(fact.relation()) + "; " + made(fact);
            case ENUM -> LabelRepair.of(fact, live);
            case FUNCTION -> attribute.equals("settings") ? settings(fact) : made(fact);
            default -> byHand(fact);
        };
    }

    public static String ident(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String addConstraint(CatalogFact fact) {
        return "ALTER TABLE " + ident(fact.relation()) + " ADD CONSTRAINT " + ident(fact.name()) + " "
                + fact.get("definition") + ";";
    }

    private static String createIndex(CatalogFact fact) {
        return fact.get("definition").replaceFirst("INDEX ", "INDEX CONCURRENTLY ") + ";";
    }

    private String changedConstraint(CatalogFact fact, CatalogFact live, String attribute) {
        String name = ident(fact.name());
        if (attribute.equals("state")) {
            return "REINDEX INDEX CONCURRENTLY " + name + ";";
        }
        if (attribute.equals("options")) {
            return "ALTER INDEX " + name + " RESET (" + live.get("options").replaceAll("=[^,]*", "") + ");";
        }
        String table = "ALTER TABLE " + ident(fact.relation());
        if (live.get("definition").equals(fact.get("definition") + SeverityRules.NOT_VALID)) {
            return table + " VALIDATE CONSTRAINT " + name + ";";
        }
        boolean validated = fact.get("definition").equals(live.get("definition") + SeverityRules.NOT_VALID);
        return validated ? "-- better than expected: every row meets it" : dropped(fact) + " " + made(fact);
    }

    private String changedIndex(CatalogFact fact, CatalogFact live, String attribute) {
        if (attribute.equals("tablespace")) {
            return "-- copies the index while it cannot be used: ALTER INDEX " + ident(fact.object())
                    + " SET TABLESPACE pg_default;";
        }
        return attribute.equals("state") && live.get("definition").equals(fact.get("definition"))
                ? "REINDEX INDEX CONCURRENTLY " + ident(fact.object()) + ";"
                : dropped(fact) + " " + made(fact);
    }

    /** Settings that CREATE FUNCTION does not contain, as a separate statement; empty for most functions. */
    private static String settingsAfterwards(CatalogFact function) {
        return function.get("settings").isEmpty() ? "" : " " + settings(function);
    }

    /** Uses current_schema(), because the name of the schema is not known here. */
    private static String settings(CatalogFact function) {
        String reset = "ALTER FUNCTION " + function.object() + " RESET ALL";
        return function.get("settings").equals(OWN_PATH)
                ? "DO $path$ BEGIN EXECUTE format('" + reset
                        + " SET search_path = %I, pg_temp', current_schema()); END $path$;"
                : reset + ";";
    }
}
