package io.longhaul.schema.catalog;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds renamed objects: one object is missing, and exactly one extra object is otherwise the same. */
final class Renames {
    private final Set<String> expected;
    private final Set<String> foundKeys;
    private final Collection<CatalogFact> wanted;
    private final Collection<CatalogFact> found;

    Renames(Collection<CatalogFact> expected, Collection<CatalogFact> found) {
        this.expected = expected.stream().map(CatalogFact::key).collect(Collectors.toSet());
        this.foundKeys = found.stream().map(CatalogFact::key).collect(Collectors.toSet());
        this.wanted = expected;
        this.found = found;
    }

    /** The statement that restores the name of a missing object. */
    Optional<String> undo(CatalogFact missing) {
        List<CatalogFact> same = found.stream()
                .filter(fact -> fact.kind() == missing.kind() && !expected.contains(fact.key()))
                .filter(fact -> isSame(missing, fact))
                .toList();
        return same.size() == 1 ? statement(missing, same.get(0)) : Optional.empty();
    }

    /** The expected name of an extra object. */
    Optional<String> nameOf(CatalogFact extra) {
        return wanted.stream()
                .filter(fact -> fact.kind() == extra.kind() && !foundKeys.contains(fact.key()))
                .filter(fact -> isSame(fact, extra) && undo(fact).isPresent())
                .map(CatalogFact::object)
                .findFirst();
    }

    private boolean isSame(CatalogFact missing, CatalogFact extra) {
        return switch (missing.kind()) {
            case TABLE ->
                extra.get("is").equals("table") && columns(wanted, missing).equals(columns(found, extra));
            case INDEX ->
                extra.get("definition")
                        .replace(extra.object(), missing.object())
                        .equals(missing.get("definition"));
            default ->
                (missing.is(CatalogFact.Kind.ENUM) || missing.relation().equals(extra.relation()))
                        && missing.attributes().equals(extra.attributes());
        };
    }

    private static Map<String, Map<String, String>> columns(Collection<CatalogFact> facts, CatalogFact table) {
        Map<String, Map<String, String>> columns = new HashMap<>();
        facts.stream()
                .filter(fact ->
                        fact.is(CatalogFact.Kind.COLUMN) && fact.relation().equals(table.object()))
                .forEach(fact -> columns.put(fact.name(), fact.attributes()));
        return columns;
    }

    private static Optional<String> statement(CatalogFact missing, CatalogFact extra) {
        String from = Repairs.ident(extra.name());
        String to = Repairs.ident(missing.name());
        String table = Repairs.ident(missing.relation());
        return switch (missing.kind()) {
            case TABLE -> Optional.of("ALTER TABLE " + from + " RENAME TO " + to + ";");
            case COLUMN -> Optional.of("ALTER TABLE " + table + " RENAME COLUMN " + from + " TO " + to + ";");
            case CONSTRAINT -> Optional.of("ALTER TABLE " + table + " RENAME CONSTRAINT " + from + " TO " + to + ";");
            case INDEX ->
                Optional.of("ALTER INDEX " + Repairs.ident(extra.object()) + " RENAME TO "
                        + Repairs.ident(missing.object()) + ";");
            case ENUM -> Optional.of("ALTER TYPE " + from + " RENAME TO " + to + ";");
            default -> Optional.empty();
        };
    }
}
