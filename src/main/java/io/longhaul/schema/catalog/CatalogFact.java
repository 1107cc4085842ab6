package io.longhaul.schema.catalog;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One object in PostgreSQL's catalog, with the properties that are compared.
 *
 * <p>As text it is one line: kind, object and attributes ({@code name=value}), separated by tabs. Names are as the
 * catalog stores them, without quotes.
 *
 * @param kind kind of object
 * @param object its name: {@code jobs}, {@code idx_jobs_status}; parts of a table are {@code jobs.status}
 * @param attributes everything that is compared, sorted by name
 */
public record CatalogFact(Kind kind, String object, Map<String, String> attributes) implements Comparable<CatalogFact> {
    private static final String SEPARATOR = "\t";

    /** Kinds of catalog objects, in the order in which a report lists them. */
    public enum Kind {
        /** A table, or an object in its place, such as a view. */
        TABLE,
        /** A column of a table. */
        COLUMN,
        /** A primary key, unique, check, exclusion or foreign key constraint. */
        CONSTRAINT,
        /** An index that no constraint owns. */
        INDEX,
        /** A trigger that a user made. */
        TRIGGER,
        /** A row security policy. */
        POLICY,
        /** A rewrite rule. */
        RULE,
        /** An enum type with its labels. */
        ENUM,
        /** A domain type. */
        DOMAIN,
        /** A function or procedure. */
        FUNCTION,
        /** A sequence. */
        SEQUENCE,
        /** A table with the name of one of this service, in another schema of the search path. */
        NAMESAKE,
        /** A table of the changelog whose publication refuses every change. */
        PUBLISHED,
        /** A privilege that the role of the service needs. */
        GRANT;

        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public CatalogFact {
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /**
     * Reads a line that {@link #line()} made.
     *
     * @throws IllegalArgumentException if the kind is unknown or an attribute lacks its value
     */
    public static CatalogFact parse(String line) {
        String[] parts = line.split(SEPARATOR, -1);
        Map<String, String> attributes = new TreeMap<>();
        for (int i = 2; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            attributes.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return new CatalogFact(Kind.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT)), parts[1], attributes);
    }

    /** The fact as one line, the same on every supported version of PostgreSQL. */
    public String line() {
        return attributes.entrySet().stream()
                .map(e -> SEPARATOR + e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining("", kind.label() + SEPARATOR + object, ""));
    }

    /** The table this fact is part of, or the object itself if it belongs to no table. */
    public String relation() {
        return attributes.getOrDefault(
                "table", kind == Kind.COLUMN ? object.substring(0, object.lastIndexOf('.')) : object);
    }

    /** The name without the table: {@code status} for {@code jobs.status}. */
    public String name() {
        String prefix = relation() + ".";
        return object.startsWith(prefix) ? object.substring(prefix.length()) : object;
    }

    /** The value of an attribute; empty if the fact does not have it. */
    public String get(String name) {
        return attributes.getOrDefault(name, "");
    }

    public boolean is(Kind wanted) {
        return kind == wanted;
    }

    /** True for the object of this kind and name. */
    public boolean is(Kind wanted, String name) {
        return kind == wanted && object.equals(name);
    }

    /** Identifies the object when two sets of facts are compared. */
    public String key() {
        return kind.label() + SEPARATOR + object;
    }

    @Override
    public int compareTo(CatalogFact other) {
        return line().compareTo(other.line());
    }
}
