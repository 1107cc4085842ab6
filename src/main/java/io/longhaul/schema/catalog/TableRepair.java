package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Suggests how to make a table again, and how to undo changes to the table as a whole. */
final class TableRepair {
    private final List<CatalogFact> expected;

    TableRepair(List<CatalogFact> expected) {
        this.expected = expected;
    }

    String create(CatalogFact table) {
        List<String> lines = new ArrayList<>();
        partsOf(table, CatalogFact.Kind.COLUMN).forEach(part -> lines.add(ColumnRepair.definition(part)));
        partsOf(table, CatalogFact.Kind.CONSTRAINT).stream()
                .filter(part -> !isNotValid(part))
                .forEach(part -> lines.add("CONSTRAINT " + Repairs.ident(part.name()) + " " + part.get("definition")));
        String options = table.get("options").isEmpty() ? "" : " WITH (" + table.get("options") + ")";
        return "CREATE TABLE " + Repairs.ident(table.object()) + " (" + String.join(", ", lines) + ")" + options + ";"
                + partsOf(table, CatalogFact.Kind.INDEX).stream()
                        .map(part -> " " + part.get("definition") + ";")
                        .collect(Collectors.joining())
                + partsOf(table, CatalogFact.Kind.COLUMN).stream()
                        .map(ColumnRepair::afterwards)
                        .collect(Collectors.joining())
                + notValid(table)
                + ownedBy(table);
    }

    /** CREATE TABLE does not accept NOT VALID. */
    private String notValid(CatalogFact table) {
        return partsOf(table, CatalogFact.Kind.CONSTRAINT).stream()
                .filter(TableRepair::isNotValid)
                .map(part -> " ALTER TABLE " + Repairs.ident(table.object()) + " ADD CONSTRAINT "
                        + Repairs.ident(part.name()) + " " + part.get("definition") + ";")
                .collect(Collectors.joining());
    }

    private static boolean isNotValid(CatalogFact constraint) {
        return constraint.get("definition").endsWith(SeverityRules.NOT_VALID);
    }

    private String ownedBy(CatalogFact table) {
        return expected.stream()
                .filter(fact -> fact.is(CatalogFact.Kind.SEQUENCE))
                .filter(fact -> fact.get("owned_by").startsWith(table.object() + "."))
                .filter(fact -> !SequenceRepair.isIdentity(fact, expected))
                .map(fact -> " " + SequenceRepair.owned(fact))
                .collect(Collectors.joining());
    }

    private List<CatalogFact> partsOf(CatalogFact table, CatalogFact.Kind kind) {
        return expected.stream()
                .filter(fact -> fact.kind() == kind && fact.relation().equals(table.object()))
                .toList();
    }

    static String changed(CatalogFact fact, CatalogFact live, String attribute) {
        String name = Repairs.ident(fact.object());
        String table = "ALTER TABLE " + name;
        String found = live.get(attribute);
        return switch (attribute) {
            case "is" ->
                "-- a " + found
                        + " stands in its place: rename that one; schema verify then finds the table, or prints how to make it";
            case "persistence" ->
                table + " SET " + (fact.get("persistence").equals("permanent") ? "LOGGED" : "UNLOGGED") + ";";
            case "row_security" ->
                table + (fact.get("row_security").equals("off") ? " DISABLE" : " ENABLE")
                        + " ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;";
            case "options", "toast_options" -> table + options(fact.get(attribute), found);
            case "replica_identity" ->
                found.startsWith("nothing")
                        ? table + " REPLICA IDENTITY DEFAULT;"
                        : "-- chosen for a replica; it refuses nothing and may stay";
            case "filtered_by" -> table + " REPLICA IDENTITY FULL;";
            case "columns_left_out_by" -> each(found, publication -> publishedWhole(publication, name));
            case "of_type" -> table + " NOT OF;";
            case "parent" -> each(found, parent -> table + " NO INHERIT " + parent + ";");
            case "children" -> each(found, child -> "ALTER TABLE " + child + " NO INHERIT " + name + ";");
            case "referenced_by" -> each(found, TableRepair::dropConstraint);
            case "tablespace" ->
                "-- copies the table while nobody can use it: " + table + " SET TABLESPACE pg_default;";
            default -> "-- make its " + attribute + " " + fact.get(attribute) + " again";
        };
    }

    private static String publishedWhole(String publication, String table) {
        String alter = "ALTER PUBLICATION " + Repairs.ident(publication);
        return alter + " DROP TABLE " + table + "; " + alter + " ADD TABLE " + table + ";";
    }

    private static String dropConstraint(String reference) {
        int dot = reference.lastIndexOf('.');
        return "ALTER TABLE " + reference.substring(0, dot) + " DROP CONSTRAINT IF EXISTS "
                + Repairs.ident(reference.substring(dot + 1)) + ";";
    }

    private static String options(String expected, String found) {
        String reset = Arrays.stream(found.split(",", -1))
                .map(option -> option.replaceAll("=.*", ""))
                .filter(option -> !option.isEmpty() && !expected.contains(option + "="))
                .collect(Collectors.joining(", "));
        List<String> actions = new ArrayList<>();
        if (!expected.isEmpty()) {
            actions.add(" SET (" + expected + ")");
        }
        if (!reset.isEmpty()) {
            actions.add(" RESET (" + reset + ")");
        }
        return String.join(",", actions) + ";";
    }

    private static String each(String names, java.util.function.UnaryOperator<String> statement) {
        return Arrays.stream(names.split(",", -1)).map(statement).collect(Collectors.joining(" "));
    }
}
