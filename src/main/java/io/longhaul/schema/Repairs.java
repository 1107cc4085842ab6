package io.longhaul.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Suggests the statement that would undo a difference. Nothing here is ever run: it is for a person to judge. */
final class Repairs {
    private final Collection<Fact> expected;

    /** @param expected all expected facts: a missing table is rebuilt from those of its parts */
    Repairs(Collection<Fact> expected) {
        this.expected = expected;
    }

    String missing(Fact fact) {
        String table = ident(fact.relation());
        return switch (fact.kind()) {
            case TABLE -> createTable(fact);
            case COLUMN -> "ALTER TABLE " + table + " ADD COLUMN " + column(fact) + ";";
            case CONSTRAINT -> addConstraint(fact);
            case INDEX -> createIndex(fact);
            case TRIGGER, RULE -> fact.get("definition") + ";";
            case ENUM ->
                "CREATE TYPE " + ident(fact.object()) + " AS ENUM ("
                        + fact.get("labels").replace(",", ", ") + ");";
            case SEQUENCE -> "CREATE SEQUENCE " + ident(fact.object()) + ";";
            default -> "-- run its changeset's statement for " + fact.kind().label() + " " + fact.object();
        };
    }

    String extra(Fact fact) {
        String table = ident(fact.relation());
        String name = ident(fact.name());
        return switch (fact.kind()) {
            case TABLE ->
                "-- if nobody needs it and its rows: DROP " + fact.get("is").toUpperCase(java.util.Locale.ROOT) + " "
                        + table + ";";
            case COLUMN -> "-- loses its values: ALTER TABLE " + table + " DROP COLUMN " + name + ";";
            case CONSTRAINT -> "ALTER TABLE " + table + " DROP CONSTRAINT " + name + ";";
            case INDEX -> "DROP INDEX CONCURRENTLY " + ident(fact.object()) + ";";
            case TRIGGER, POLICY, RULE -> "DROP " + fact.kind() + " " + name + " ON " + table + ";";
            case FUNCTION -> "-- if nobody needs it: DROP FUNCTION " + fact.object() + ";";
            default ->
                "-- if nobody needs it: DROP " + (fact.kind() == Fact.Kind.ENUM ? "TYPE" : fact.kind()) + " "
                        + ident(fact.object()) + ";";
        };
    }

    String changed(Fact fact, Fact live, String attribute) {
        return switch (fact.kind()) {
            case TABLE -> changedTable(fact, live, attribute);
            case COLUMN -> changedColumn(fact, live, attribute);
            case CONSTRAINT -> extra(fact) + " " + missing(fact);
            case INDEX ->
                attribute.equals("state") && live.get("definition").equals(fact.get("definition"))
                        ? "REINDEX INDEX CONCURRENTLY " + ident(fact.object()) + ";"
                        : extra(fact) + " " + missing(fact);
            case TRIGGER ->
                attribute.equals("enabled")
                        ? "ALTER TABLE " + ident(fact.relation()) + " ENABLE TRIGGER " + ident(fact.name()) + ";"
                        : extra(fact) + " " + missing(fact);
            case ENUM -> LabelRepair.of(fact, live);
            default -> "-- run its changeset's statement for " + fact.kind().label() + " " + fact.object();
        };
    }

    static String ident(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    private String createTable(Fact table) {
        List<String> lines = new ArrayList<>();
        partsOf(table, Fact.Kind.COLUMN).forEach(part -> lines.add(column(part)));
        partsOf(table, Fact.Kind.CONSTRAINT)
                .forEach(part -> lines.add("CONSTRAINT " + ident(part.name()) + " " + part.get("definition")));
        String indexes = partsOf(table, Fact.Kind.INDEX).stream()
                .map(part -> " " + part.get("definition") + ";")
                .collect(Collectors.joining());
        return "CREATE TABLE " + ident(table.object()) + " (" + String.join(", ", lines) + ");" + indexes;
    }

    private List<Fact> partsOf(Fact table, Fact.Kind kind) {
        return expected.stream()
                .filter(fact -> fact.kind() == kind && fact.relation().equals(table.object()))
                .toList();
    }

    private static String column(Fact column) {
        return ident(column.name()) + " " + SeverityRules.columnType(column);
    }

    private static String addConstraint(Fact fact) {
        return "ALTER TABLE " + ident(fact.relation()) + " ADD CONSTRAINT " + ident(fact.name()) + " "
                + fact.get("definition") + ";";
    }

    private static String createIndex(Fact fact) {
        return fact.get("definition").replaceFirst("INDEX ", "INDEX CONCURRENTLY ") + ";";
    }

    private static String changedTable(Fact fact, Fact live, String attribute) {
        String table = "ALTER TABLE " + ident(fact.object());
        return switch (attribute) {
            case "is" ->
                "-- a " + live.get("is")
                        + " stands in its place: rename that one, then find the table or run db migrate";
            case "persistence" ->
                table + " SET " + (fact.get("persistence").equals("permanent") ? "LOGGED" : "UNLOGGED") + ";";
            case "row_security" ->
                table + (fact.get("row_security").equals("off") ? " DISABLE" : " ENABLE") + " ROW LEVEL SECURITY;";
            case "options" ->
                fact.get("options").isEmpty()
                        ? table + " RESET (" + live.get("options").replaceAll("=[^,]*", "") + ");"
                        : table + " SET (" + fact.get("options") + ");";
            default -> "-- make its " + attribute + " " + fact.get(attribute) + " again";
        };
    }

    private static String changedColumn(Fact fact, Fact live, String attribute) {
        String column = "ALTER TABLE " + ident(fact.relation()) + " ALTER COLUMN " + ident(fact.name());
        return switch (attribute) {
            case "type" ->
                column + " TYPE " + fact.get("type") + " USING " + ident(fact.name()) + "::" + fact.get("type") + ";";
            case "nullable" -> column + (fact.get("nullable").equals("no") ? " SET" : " DROP") + " NOT NULL;";
            case "default" ->
                column
                        + (fact.get("default").isEmpty()
                                ? " DROP DEFAULT;"
                                : " SET DEFAULT " + fact.get("default") + ";");
            case "generated" ->
                live.get("generated").isEmpty() ? "-- drop and add the column again" : column + " DROP EXPRESSION;";
            case "identity" ->
                live.get("identity").isEmpty() ? "-- drop and add the column again" : column + " DROP IDENTITY;";
            default -> column + " TYPE " + fact.get("type") + ";";
        };
    }
}
