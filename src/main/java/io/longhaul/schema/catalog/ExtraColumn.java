package io.longhaul.schema.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Effect of a column that someone added on this service's inserts, which do not name it, and on its updates. */
final class ExtraColumn {
    /** Calls that never fail and that every role may make. */
    private static final Pattern HARMLESS_CALL = Pattern.compile(
            "(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|gen_random_uuid|uuidv4|uuidv7|random|txid_current|pg_backend_pid|inet_client_addr|current_database)\\(\\)"
                    + "|CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP|LOCALTIME|CURRENT_USER|SESSION_USER|CURRENT_ROLE"
                    + "|nextval\\('.*'::regclass\\)"
                    + "|\\(now\\(\\) (?:AT TIME ZONE '[\\w/]+'::text|[+-] '[\\w :]+'::interval)\\)"
                    + "|now\\(\\) (?:AT TIME ZONE '[\\w/]+'::text|[+-] '[\\w :]+'::interval)"
                    + "|timezone\\('[\\w/]+'::text, now\\(\\)\\))(?:::text)?");

    private static final Pattern BOUNDED = Pattern.compile("character(?: varying)?\\((\\d+)\\)");

    /** Types that hold every value of their expression. */
    private static final Set<String> ROOMY = Set.of("text", "character varying", "boolean", "jsonb");

    /** Parts of a check that can be false for NULL. Operators on NULL give NULL, which passes. */
    private static final Pattern LOOKS_AT_NULL = Pattern.compile(
            "\\bIS\\b|\\bCASE\\b|\\bARRAY\\b|\\b(?!CHECK\\b|AND\\b|OR\\b|NOT\\b|ANY\\b|VALUE\\b|length\\b|char_length\\b|lower\\b|upper\\b)\\w+\\s*\\(");

    private final CatalogFact column;

    ExtraColumn(CatalogFact column) {
        this.column = column;
    }

    /** True if every insert that leaves out the column is refused. */
    boolean refusesInserts() {
        return !isGiven() && (column.get("nullable").equals("no") || domain().contains(" NOT NULL"));
    }

    /** True if some insert or update may be refused because of the value that the column computes or holds. */
    boolean mayRefuse() {
        if (!column.get("runs_out_at").isEmpty()) {
            return true;
        }
        if (!column.get("generated").isEmpty()) {
            return mayFailToCompute();
        }
        return hasDefault() ? !isHarmlessDefault() || domain().contains(" CHECK") : checksNull();
    }

    /** Statements that let inserts and updates pass and keep the values. */
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
                        .matcher(domain().substring(check).replaceAll("'(?:[^']|'')*+'", ""))
                        .find();
    }
}
