package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Effect of an index that someone added on this service's writes: each row has to go into it. */
final class ExtraIndex {
    private static final Pattern PARTS = Pattern.compile(
            ".* USING (\\w+) \\((.*)\\)(?: NULLS NOT DISTINCT)?(?: WITH \\(.*?\\))?(?: TABLESPACE .*?)?");

    /** Entries of these indexes copy the value, and hold 2.7 kB at most; other kinds keep a hash, or parts. */
    private static final Set<String> COPYING = Set.of("btree", "gist", "spgist");

    private static final Pattern UNBOUNDED =
            Pattern.compile("text|character varying|bytea|jsonb?|xml|numeric|.*\\[\\]");

    private static final Pattern COLUMN = Pattern.compile("([a-z_][\\w$]*|\"(?:[^\"]|\"\")++\")(?: .*)?");

    private final CatalogFact index;
    private final Collection<CatalogFact> found;

    ExtraIndex(CatalogFact index, Collection<CatalogFact> found) {
        this.index = index;
        this.found = found;
    }

    Severity severity() {
        String definition = index.get("definition");
        int where = definition.indexOf(" WHERE ");
        String predicate = where < 0 ? "" : definition.substring(where + " WHERE ".length());
        Matcher parts = PARTS.matcher(where < 0 ? definition : definition.substring(0, where));
        if (!parts.matches() || !TotalExpression.is(predicate)) {
            return Severity.FATAL;
        }
        Severity worst = Severity.BENIGN;
        for (String key : split(parts.group(2).replaceFirst("\\) INCLUDE \\(", ", "))) {
            Severity severity = ofKey(key, COPYING.contains(parts.group(1)));
            worst = severity.compareTo(worst) < 0 ? severity : worst;
        }
        return worst;
    }

    /** A whole value may become long at any time; a part of it rarely does. */
    private Severity ofKey(String key, boolean copies) {
        Matcher column = COLUMN.matcher(key);
        if (column.matches()) {
            return copies && isUnbounded(column.group(1)) ? Severity.FATAL : Severity.BENIGN;
        }
        String expression = key.startsWith("(") ? key.substring(0, key.lastIndexOf(')') + 1) : key;
        if (!TotalExpression.is(expression.replaceFirst(" (?:ASC|DESC|NULLS|COLLATE|\\w+_ops).*$", ""))) {
            return Severity.FATAL;
        }
        return copies && !expression.matches("(?:md5|left|length|hashtext)\\(.*") ? Severity.DEGRADED : Severity.BENIGN;
    }

    private boolean isUnbounded(String column) {
        String name = column.startsWith("\"")
                ? column.substring(1, column.length() - 1).replace("\"\"", "\"")
                : column;
        return found.stream()
                .filter(fact -> fact.is(CatalogFact.Kind.COLUMN, index.relation() + "." + name))
                .anyMatch(fact -> UNBOUNDED.matcher(fact.get("type")).matches());
    }

    /** Splits at commas outside of brackets and quotes. */
    private static List<String> split(String keys) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        boolean quoted = false;
        for (int i = 0; i < keys.length(); i++) {
            char c = keys.charAt(i);
            quoted ^= c == '\'';
            depth += quoted ? 0 : "([".indexOf(c) >= 0 ? 1 : ")]".indexOf(c) >= 0 ? -1 : 0;
            if (c == ',' && depth == 0 && !quoted) {
                parts.add(keys.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        parts.add(keys.substring(begin).strip());
        return parts;
    }
}
