package io.longhaul.environment;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.StringSubstitutor;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.ScannerImpl;
import org.yaml.snakeyaml.tokens.ScalarToken;
import org.yaml.snakeyaml.tokens.Token;

/**
 * Replaces <code>${NAME:-value}</code> in YAML, within one line. The value of a variable stays one text, whatever characters
 * it has, and is never read as YAML; a default is part of the file. Files of variables keep quotes and blanks around values:
 * where an unquoted <code>${NAME}</code> stands alone, they are taken off. Only where it is an entry of a list in brackets,
 * commas separate several.
 */
public final class YamlVariables extends StringSubstitutor {
    /** Stands for a value while YAML finds out where its text begins and ends. */
    private static final Pattern MARK = Pattern.compile("\uE000([0-9]+)\uE001");

    /** Values that mean the same with and without quotes, also when they are texts: none is written in another way. */
    private static final Pattern SAME = Pattern.compile("true|false|0|-?[1-9][0-9]{0,17}");

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,6}\\.[0-9]{1,9}");

    private static final Pattern BLANKS_AROUND = Pattern.compile("^[ \t\r\n]+|[ \t\r\n]+\\z");

    private static final Pattern IN_QUOTES = Pattern.compile("([\"'])(.*)\\1", Pattern.DOTALL);

    /** Quotes around a whole list, and not around its first and its last value. */
    private static final Pattern LIST_IN_QUOTES = Pattern.compile("^([\"'])([^\"']*)\\1\\z");

    private final UnaryOperator<String> environment;

    /** @param environment gives a variable's value by its name, or null */
    public YamlVariables(UnaryOperator<String> environment) {
        super(environment::apply);
        this.environment = environment;
    }

    @Override
    public String replace(String yaml) {
        Marks marks = new Marks();
        StringSubstitutor marking =
                new StringSubstitutor(marks::mark).setEnableSubstitutionInVariables(isEnableSubstitutionInVariables());
        // One that is not closed would hide all variables of later lines.
        String marked =
                Stream.of(yaml.split("(?<=\n)", -1)).map(marking::replace).collect(Collectors.joining());
        return marks.values.isEmpty() ? marked : marks.fill(marked);
    }

    /** The variables of one file. */
    private final class Marks {
        private final List<String> places = new ArrayList<>();
        private final List<String> values = new ArrayList<>();

        /** Whether the collections around a place are lists in brackets, the innermost first. */
        private final Deque<Boolean> lists = new ArrayDeque<>();

        private String mark(String name) {
            String known = with(name, values);
            String value = environment.apply(known);
            if (value == null) {
                return null;
            }
            places.add("${" + known + "}");
            // Files of secrets end with a line break, and so do variables that are made of them.
            values.add(value.replaceFirst("[\r\n]+$", ""));
            return "\uE000" + (values.size() - 1) + "\uE001";
        }

        /** Where there is no text, such as in a comment or after a mistake in the file, the variable's name stays. */
        private String fill(String text) {
            StringBuilder filled = new StringBuilder();
            int done = 0;
            try {
                ScannerImpl scanner = new ScannerImpl(new StreamReader(text), new LoaderOptions());
                Token before = null;
                while (!scanner.checkToken(Token.ID.StreamEnd)) {
                    Token token = scanner.getToken();
                    nest(token.getTokenId());
                    if (token instanceof ScalarToken scalar
                            && MARK.matcher(scalar.getValue()).find()) {
                        int start = place(text, scalar.getStartMark());
                        int end = place(text, scalar.getEndMark());
                        filled.append(with(text.substring(done, start), places))
                                .append(written(scalar, isEntry(before)));
                        // Messages name lines.
                        filled.append(text.substring(start, end).replaceAll("[^\n]", ""));
                        done = end;
                    }
                    before = token;
                }
            } catch (YAMLException e) {
                // Whoever reads the file says what is wrong with it.
            }
            return filled.append(with(text.substring(done), places)).toString();
        }

        private void nest(Token.ID token) {
            switch (token) {
                case FlowSequenceStart, FlowMappingStart -> lists.push(token == Token.ID.FlowSequenceStart);
                case FlowSequenceEnd, FlowMappingEnd -> lists.poll();
                default -> {}
            }
        }

        private boolean isEntry(Token before) {
            boolean first = before.getTokenId() == Token.ID.FlowSequenceStart;
            return first || (before.getTokenId() == Token.ID.FlowEntry && Boolean.TRUE.equals(lists.peek()));
        }

        private String written(ScalarToken scalar, boolean isEntry) {
            String value = with(scalar.getValue(), values);
            if (!scalar.getPlain()) {
                return quoted(value);
            }
            if (!MARK.matcher(scalar.getValue()).matches()) {
                return plain(value);
            }
            return isEntry ? entries(value) : alone(value);
        }
    }

    private static int place(String text, Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private static String with(String marked, List<String> texts) {
        return MARK.matcher(marked)
                .replaceAll(mark -> Matcher.quoteReplacement(texts.get(Integer.parseInt(mark.group(1)))));
    }

    private static String entries(String value) {
        String list = LIST_IN_QUOTES.matcher(stripped(value)).replaceFirst("$2");
        return Stream.of(list.split(",", -1))
                .map(YamlVariables::alone)
                .filter(one -> !one.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** As YAML reads it, but for its special characters. */
    private static String alone(String value) {
        String stripped = stripped(value);
        Matcher inQuotes = IN_QUOTES.matcher(stripped);
        return inQuotes.matches() ? quoted(inQuotes.group(2)) : plain(stripped);
    }

    private static String stripped(String value) {
        return BLANKS_AROUND.matcher(value).replaceAll("");
    }

    private static String plain(String value) {
        boolean same = SAME.matcher(value).matches()
                || (DECIMAL.matcher(value).matches()
                        && Double.toString(Double.parseDouble(value)).equals(value));
        // An empty text is no value there.
        return same ? value : value.isBlank() ? "" : quoted(value);
    }

    private static String quoted(String value) {
        return value.chars().mapToObj(YamlVariables::escaped).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escaped(int letter) {
        boolean plain = letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
        return plain ? Character.toString(letter) : "\\u%04x".formatted(letter);
    }
}
