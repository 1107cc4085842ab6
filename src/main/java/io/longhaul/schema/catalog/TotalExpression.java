package io.longhaul.schema.catalog;

import java.util.regex.Pattern;

/**
 * Recognizes expressions, as PostgreSQL prints them, that have a value for every row: no part can end a statement with
 * an error. Anything not known to be harmless counts as harmful.
 */
final class TotalExpression {
    private static final String CONSTANT =
            "(?:E?'(?:[^']|'')*+'|-?\\b\\d+(?:\\.\\d+)?\\b)(?:::[\\w. ]*\\w(?:\\(\\d+(?:,\\d+)?\\))?(?:\\[\\])?)*";

    private static final Pattern CONSTANTS = Pattern.compile(CONSTANT);

    /** Every value can be cast to text. */
    private static final Pattern TO_TEXT = Pattern.compile("::(?:text|character varying)(?!\\w|\\()");

    private static final Pattern FUNCTIONS = Pattern.compile(
            "\\b(?:COALESCE|NULLIF|GREATEST|LEAST|lower|upper|md5|length|char_length|octet_length|left|right|btrim|ltrim|rtrim|num_nulls|num_nonnulls|jsonb_typeof|hashtext)\\(");

    private static final Pattern WORDS = Pattern.compile(
            "\\b(?:AND|OR|NOT|IS|NULL|TRUE|FALSE|UNKNOWN|DISTINCT|FROM|CASE|WHEN|THEN|ELSE|END|ANY|ALL|ARRAY|true|false)\\b");

    private static final Pattern OPERATORS =
            Pattern.compile("#>>|#>|->>|->|\\?\\||\\?&|@>|<@|<>|<=|>=|\\|\\||[=<>?]|[\\[\\],()]");

    /** Only columns may be left over. A function name or an operator does not match. */
    private static final Pattern ONLY_COLUMNS =
            Pattern.compile("(?:\\s|[A-Za-z_][\\w$]*(?!\\s*\\()|\"(?:[^\"]|\"\")++\")*+");

    private TotalExpression() {}

    static boolean is(String expression) {
        String rest = CONSTANTS.matcher(expression).replaceAll(" ");
        rest = TO_TEXT.matcher(rest).replaceAll(" ");
        rest = FUNCTIONS.matcher(rest).replaceAll(" ");
        if (rest.matches(".*[\\w\"$]\\s*\\(.*") && callsSomething(rest)) {
            return false;
        }
        rest = WORDS.matcher(rest).replaceAll(" ");
        rest = OPERATORS.matcher(rest).replaceAll(" ");
        return ONLY_COLUMNS.matcher(rest).matches();
    }

    /** True for a constant, as a default may be one. */
    static boolean isConstant(String expression) {
        String bare = expression.replaceAll("^\\((-\\d.*)\\)(::.*)?$", "$1$2");
        return bare.matches(
                "(?:" + CONSTANT + "|true|false|ARRAY\\[(?:" + CONSTANT + "(?:, )?)*+\\](?:::[\\w. ]+\\[\\])?)");
    }

    private static boolean callsSomething(String text) {
        return Pattern.compile("([\\w$]+|\")\\(")
                .matcher(text)
                .results()
                .map(call -> call.group(1))
                .anyMatch(name -> !WORDS.matcher(name).matches());
    }
}
