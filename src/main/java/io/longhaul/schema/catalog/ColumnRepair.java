package io.longhaul.schema.catalog;

import java.util.Locale;

/** Suggests how to give a column its expected properties. */
final class ColumnRepair {
    private ColumnRepair() {}

    /** The column as CREATE TABLE states it. */
    static String definition(CatalogFact column) {
        return Repairs.ident(column.name()) + " " + SeverityRules.columnType(column);
    }

    /** Properties that CREATE TABLE cannot state on all servers, as separate statements; empty for most columns. */
    static String afterwards(CatalogFact column) {
        return column.get("storage").isEmpty()
                ? ""
                : " ALTER TABLE " + Repairs.ident(column.relation()) + " ALTER COLUMN " + Repairs.ident(column.name())
                        + " SET STORAGE " + column.get("storage") + ";";
    }

    static String changed(CatalogFact fact, CatalogFact live, String attribute) {
        String column = "ALTER TABLE " + Repairs.ident(fact.relation()) + " ALTER COLUMN " + Repairs.ident(fact.name());
        String expected = fact.get(attribute);
        return switch (attribute) {
            case "type" ->
                column + " TYPE " + expected + " USING " + Repairs.ident(fact.name()) + "::" + expected + ";";
            case "nullable" -> column + (expected.equals("no") ? " SET" : " DROP") + " NOT NULL;";
            case "default" -> column + (expected.isEmpty() ? " DROP DEFAULT;" : " SET DEFAULT " + expected + ";");
            case "generated" ->
                live.get("generated").isEmpty() ? "-- drop and add the column again" : column + " DROP EXPRESSION;";
            case "identity" -> column + identity(expected, live.get("identity"));
            case "storage" -> column + " SET STORAGE " + (expected.isEmpty() ? "EXTENDED" : expected) + ";";
            case "compression" -> column + " SET COMPRESSION " + (expected.isEmpty() ? "default" : expected) + ";";
            case "statistics" -> column + " SET STATISTICS " + (expected.isEmpty() ? "-1" : expected) + ";";
            case "options" -> column + " RESET (" + live.get("options").replaceAll("=[^,]*", "") + ");";
            default -> column + " TYPE " + fact.get("type") + ";";
        };
    }

    private static String identity(String expected, String found) {
        String generated = "GENERATED " + expected.toUpperCase(Locale.ROOT);
        if (expected.isEmpty()) {
            return " DROP IDENTITY;";
        }
        return found.isEmpty()
                ? " ADD " + generated + " AS IDENTITY; -- then restart it behind the highest value in use"
                : " SET " + generated + ";";
    }
}
