package io.longhaul.console;

/** Indents JSON without reading it into numbers, so that every digit stays as it is stored. */
public final class JsonText {
    /** Deeper levels are not indented further: a text of brackets would grow with the square of its length. */
    private static final int MOST_INDENT = 40;

    private final String json;
    private final StringBuilder out = new StringBuilder();
    private int depth;

    private JsonText(String json) {
        this.json = json;
    }

    /**
     * Indents a JSON text.
     *
     * @param most no more characters than this are read
     * @return the text in lines; its end is missing if it is longer
     */
    public static String indented(String json, int most) {
        return new JsonText(json.length() > most ? json.substring(0, most) : json).write();
    }

    private String write() {
        int at = 0;
        while (at < json.length()) {
            char c = json.charAt(at);
            int end = c == '"' ? endOfString(at) : at + 1;
            if (c == '"') {
                out.append(json, at, end);
            } else {
                mark(c, at);
            }
            at = end;
        }
        return out.toString();
    }

    private int endOfString(int from) {
        int at = from + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(json.length(), at + 1);
    }

    private void mark(char c, int at) {
        switch (c) {
            case '{', '[' -> {
                out.append(c);
                depth++;
                if (!isEmpty(at)) {
                    line();
                }
            }
            case '}', ']' -> {
                depth--;
                if (out.charAt(out.length() - 1) != '{' && out.charAt(out.length() - 1) != '[') {
                    line();
                }
                out.append(c);
            }
            case ',' -> {
                out.append(c);
                line();
            }
            case ':' -> out.append(": ");
            case ' ', '\n', '\r', '\t' -> {}
            default -> out.append(c);
        }
    }

    private boolean isEmpty(int open) {
        int next = open + 1;
        while (next < json.length() && Character.isWhitespace(json.charAt(next))) {
            next++;
        }
        return next < json.length() && (json.charAt(next) == '}' || json.charAt(next) == ']');
    }

    private void line() {
        out.append('\n').append("  ".repeat(Math.min(MOST_INDENT, Math.max(0, depth))));
    }
}
