package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a column that somebody added does to our inserts, which do not name it, and to our updates. */
final class ExtraColumn {
    /** Calls that never fail and that everybody may make. */
    private static final Pattern HARMLESS_CALL = Pattern.compile(
            "(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|gen_random_uuid|uuidv4|uuidv7|random|txid_current|pg_backend_pid|inet_client_addr|current_database)\\(\\)"
                    + "|CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP|LOCALTIME|CURRENT_USER|SESSION_USER|CURRENT_ROLE"
                    + "|nextval\\('.*'::regclass\\)"
                    + "|\\(now\\(\\) (?:AT TIME ZONE '[\\w/]+'::text|[+-] '[\\w :]+'::interval)\\)"
                    + "|now\\(\\) (?:AT TIME ZONE '[\\w/]+'::text|[+-] '[\\w :]+'::interval)"
                    + "|timezone\\('[\\w/]+'::text, now\\(\\)\\))(?:::text)?");

    private static final Pattern BOUNDED = Pattern.compile("character(?: varying)?\\((\\d+)\\)");

    /** Types into which their expression always fits. */
    private static final Set<String> ROOMY = Set.of("text", "character varying", "boolean", "jsonb");

    /** What in a check can say no to NULL: an operator has no opinion on it. */
    private static final Pattern LOOKS_AT_NULL = Pattern.compile(
            "\\bIS\\b|\\bCASE\\b|\\bARRAY\\b|\\b(?!CHECK\\b|AND\\b|OR\\b|NOT\\b|ANY\\b|VALUE\\b|length\\b|char_length\\b|lower\\b|upper\\b)\\w+\\s*\\(");

    private final CatalogFact column;

    ExtraColumn(CatalogFact column) {
        this.column = column;
    }

    /** Whether an insert that leaves it out is refused for certain. */
    boolean refusesInserts() {
        return !isGiven() && (column.get("nullable").equals("no") || domain().contains(" NOT NULL"));
    }

    /** Whether some insert or update may be refused for what the column computes or holds. */
    boolean mayRefuse() {
        if (!column.get("runs_out_at").isEmpty()) {
            return true;
        }
        if (!column.get("generated").isEmpty()) {
            return mayFailToCompute();
        }
        return hasDefault() ? !isHarmlessDefault() || domain().contains(" CHECK") : checksNull();
    }

    /** What lets inserts and updates pass and keeps the values. */
    String repair() {
        String table = "ALTER TABLE " + Repairs.ident(column.relation());
        String alter = table + " ALTER COLUMN " + Repairs.ident(column.name());
        List<String> changes = new ArrayList<>();
        if (!column.get("generated").isEmpty() && column.get("virtual").isEmpty()) {
            changes.add(" DROP EXPRESSION;");
        }
        if (!domain().isEmpty()) {
            changes.add(" TYPE " + column.get("base") + ";");
        }
        if (!column.get("identity").isEmpty()) {
            changes.add(" DROP IDENTITY;");
        } else if (hasDefault() && !isHarmlessDefault()) {
            changes.add(" DROP DEFAULT;");
        }
        if (column.get("nullable").equals("no") && (!hasDefault() || !isHarmlessDefault())) {
            changes.add(" DROP NOT NULL;");
        }
        return changes.stream().map(change -> alter + change).collect(Collectors.joining(" "));
    }

    private boolean isGiven() {
        return hasDefault()
                || !column.get("generated").isEmpty()
                || !column.get("identity").isEmpty();
    }

    private boolean hasDefault() {
        return !column.get("default").isEmpty() && !column.get("default").matches("NULL(::.*)?");
    }

    private String domain() {
        return column.get("domain");
    }

    private boolean mayFailToCompute() {
        if (!column.get("virtual").isEmpty()) {
            return column.get("nullable").equals("no");
        }
        return column.get("nullable").equals("no")
                || !ROOMY.contains(column.get("type"))
                || !TotalExpression.is(column.get("generated"));
    }

    private boolean isHarmlessDefault() {
        String value = column.get("default");
        return column.get("runs_out_at").isEmpty()
                && (TotalExpression.isConstant(value)
                        ? fits(value)
                        : HARMLESS_CALL.matcher(value).matches() && !isNarrow());
    }

    private boolean isNarrow() {
        return column.get("type").equals("smallint")
                || BOUNDED.matcher(column.get("type")).matches();
    }

    private boolean fits(String constant) {
        Matcher bounded = BOUNDED.matcher(column.get("type"));
        return !bounded.matches()
                || constant.replaceAll("^E?'(.*)'(::.*)?$", "$1").length() <= Integer.parseInt(bounded.group(1));
    }

    private boolean checksNull() {
        int check = domain().indexOf(" CHECK");
        return check >= 0
                && LOOKS_AT_NULL
                        .matcher(domain().substring(check).replaceAll("'(?:[^']|'')*'", ""))
                        .find();
    }
}
