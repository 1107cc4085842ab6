package io.longhaul.tools.definitions;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import io.longhaul.json.JsonFault;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.settings.UnknownSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the tools of one text entry by entry, so that a mistake in one does not hide the others, and each is reported
 * with its line.
 */
final class ToolEntries {
    private static final String OF_TYPE = "Cannot deserialize value of type ";

    private static final Pattern NO_CHOICE =
            Pattern.compile(OF_TYPE + "`\\w+` from String (\"[^\"]*\"): .*(?:one of|Enum class:) \\[(.*)\\].*");

    private static final Pattern TYPES = Pattern.compile("known type ids = (\\[[^\\]]*\\])");

    private static final Pattern WRONG_KIND = Pattern.compile(
            "(?:" + OF_TYPE + "|Cannot construct instance of )`(\\w+)`.* from ([\\w-]+) value"
                    + "(?: \\((?!no )([^()`]*|'.*')\\))?(?:;? ?\\(.*)?",
            Pattern.DOTALL);

    /** What to write for each type of a setting. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("Duration", "a time with its unit, such as 30s, 10m or 2h"),
            Map.entry("DataSize", "a size with its unit, such as 64KiB or 16MiB"),
            Map.entry("StartRate", "jobs per time such as 100/1m, or {per_second: 5, burst: 10}"),
            Map.entry("String", "a text"),
            Map.entry("Integer", "a whole number"),
            Map.entry("int", "a whole number"),
            Map.entry("Long", "a whole number"),
            Map.entry("Double", "a number"),
            Map.entry("Boolean", "true or false"),
            Map.entry("boolean", "true or false"),
            Map.entry("LinkedHashMap", "names with values, such as {name: value}"),
            Map.entry("ArrayList", "a list, such as [a, b]"),
            Map.entry("HashSet", "a list, such as [1, 2]"),
            Map.entry("Secret", "{env: NAME} or {file: path}"),
            Map.entry("RequestCredentials", "{bearer: {env: NAME}}, or another way to sign in"),
            Map.entry("Retry", "settings, such as {max_attempts: 3, backoff: 10s}"));

    private static final Map<String, String> GIVEN = Map.of(
            "Number", "the number",
            "Integer", "a number",
            "Floating-point", "a number",
            "Boolean", "true or false",
            "String", "the text",
            "Array", "a list",
            "Object", "names with values");

    private final ObjectReader reader;
    private final String file;
    private final String text;
    private final boolean hasLines;
    private final List<String> problems;

    /** {@code hasLines} is false for a text that is not a file: its problems name no lines. */
    ToolEntries(ObjectReader reader, String file, String text, boolean hasLines, List<String> problems) {
        this.hasLines = hasLines;
        this.reader = reader;
        this.file = file;
        this.text = text;
        this.problems = problems;
    }

    /** Position of an entry. */
    private record Entry(int index, String name, int line) {}

    /**
     * Builds the tools, and adds mistakes to the problems.
     *
     * @param amongOthers whether the text may hold other settings
     * @param toolContext null to check the form only and build nothing
     * @return the tools of entries without a mistake
     */
    List<RegisteredTool> build(boolean amongOthers, ToolContext toolContext) {
        List<RegisteredTool> tools = new ArrayList<>();
        try {
            for (Entry entry : entries(amongOthers)) {
                tools.addAll(build(entry, toolContext));
            }
        } catch (JsonProcessingException e) {
            add(line(e.getLocation(), 1), "", reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException("Text in memory can always be read", e);
        }
        return tools;
    }

    private List<Entry> entries(boolean amongOthers) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (JsonParser parser = reader.createParser(text)) {
            String list = toList(parser, amongOthers);
            while (list != null && parser.nextToken() != JsonToken.END_ARRAY) {
                int line = parser.currentTokenLocation().getLineNr();
                entries.add(new Entry(entries.size(), list + "[" + entries.size() + "]", line));
                parser.skipChildren();
            }
            if ("tools".equals(list)) {
                toMember(parser, amongOthers);
            }
        }
        return entries;
    }

    /** Moves to the list of tools; returns its name, or null if there is none. */
    private String toList(JsonParser parser, boolean amongOthers) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
            return toMember(parser, amongOthers);
        }
        if (first != null && first != JsonToken.VALUE_NULL && first != JsonToken.START_ARRAY) {
            add(line(parser), "", "write a list of tools, or tools: with such a list");
        }
        return first == JsonToken.START_ARRAY ? "" : null;
    }

    private String toMember(JsonParser parser, boolean amongOthers) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int line = line(parser);
            JsonToken value = parser.nextToken();
            if (name.equals("tools")) {
                if (value != JsonToken.START_ARRAY && value != JsonToken.VALUE_NULL) {
                    add(line, "tools: ", "write a list of tools");
                }
                return value == JsonToken.START_ARRAY ? "tools" : null;
            }
            if (!amongOthers) {
                add(line, name + ": ", "there is no setting '%s': write one of [tools]".formatted(name));
            }
            parser.skipChildren();
        }
        return null;
    }

    private List<RegisteredTool> build(Entry entry, ToolContext toolContext) throws IOException {
        int before = problems.size();
        try (JsonParser parser = reader.createParser(text)) {
            advance(parser, entry.index());
            UnknownSettings unknown = new UnknownSettings((at, setting, reason) ->
                    add(at < 1 ? lineOf(setting, entry) : at, entry.name() + setting + ": ", reason));
            ToolFactory factory = reader.withHandler(unknown).readValue(parser, ToolFactory.class);
            if (factory == null) {
                add(entry.line(), entry.name() + ": ", "a tool is missing: remove the entry, or write type and name");
            }
            return problems.size() > before || toolContext == null
                    ? List.of()
                    : ToolsConfiguration.build(factory, file, place(entry.line()), toolContext);
        } catch (ToolConfigurationException e) {
            problems.addAll(e.problems());
        } catch (JsonProcessingException e) {
            String path = e instanceof JsonMappingException mapping ? path(mapping) : "";
            add(line(e.getLocation(), entry.line()), entry.name() + path + ": ", reason(e));
        }
        return List.of();
    }

    private void advance(JsonParser parser, int index) throws IOException {
        toList(parser, true);
        parser.nextToken();
        for (int i = 0; i < index; i++) {
            parser.skipChildren();
            parser.nextToken();
        }
    }

    private void add(int line, String where, String reason) {
        problems.add(place(line) + ": " + where + reason);
    }

    private String place(int line) {
        return hasLines ? file + ":" + line : file;
    }

    /** For a setting whose line the parser no longer knows: the first line of the entry that has its name. */
    private int lineOf(String setting, Entry entry) {
        String name = setting.substring(setting.lastIndexOf('.') + 1);
        Pattern written = Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "[\"']?\\s*:");
        List<String> lines = text.lines().toList();
        for (int line = entry.line(); line <= lines.size(); line++) {
            if (written.matcher(lines.get(line - 1)).find()) {
                return line;
            }
        }
        return entry.line();
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static int line(JsonLocation location, int otherwise) {
        return location == null || location.getLineNr() < 1 ? otherwise : location.getLineNr();
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() != null) {
                path.append('.').append(step.getFieldName());
            } else if (step.getIndex() >= 0) {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return path.toString();
    }

    /** Prefers the messages of our checks to Jackson's. */
    private static String reason(JsonProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ToolConfigurationException) {
                return cause.getMessage();
            }
        }
        if (e instanceof InvalidTypeIdException type && type.getTypeId() == null) {
            return "a tool has no type: add one, such as type: command";
        }
        Matcher types = TYPES.matcher(e.getOriginalMessage());
        if (e instanceof InvalidTypeIdException type && types.find()) {
            return "there is no type '%s': write one of %s".formatted(type.getTypeId(), types.group(1));
        }
        return plain(JsonFault.what(e));
    }

    /** Jackson's message without Java's terms: authors of remote workers read it, too. */
    private static String plain(String message) {
        return NO_CHOICE
                .matcher(message.replaceAll("`(?:[a-z]\\w*\\.)+(?:\\w+\\$)*(\\w+)[^`]*`", "`$1`"))
                .replaceFirst(wrong -> Matcher.quoteReplacement(
                        "must be one of " + wrong.group(2).toLowerCase(Locale.ROOT) + ", and is " + wrong.group(1)))
                .replaceFirst(
                        OF_TYPE + "`(?:Integer|int|Long|long)` from String (\"[^\"]*\"): .*",
                        "must be a whole number, and is $1")
                .replaceFirst(
                        OF_TYPE + "`(?:Double|double)` from String (\"[^\"]*\"): .*", "must be a number, and is $1")
                .replaceFirst(OF_TYPE + "`[Bb]oolean` from String (\"[^\"]*\"): .*", "must be true or false, and is $1")
                .replaceFirst(" ?\\(token `[^`]*`\\)", "")
                .replaceFirst(
                        "Cannot construct instance of `Duration`, problem: Invalid duration: (.*)",
                        "must be a time with its unit, such as 30s, 10m or 2h, and is $1")
                .replaceFirst(
                        "Cannot construct instance of `DataSize`, problem: Invalid size: (.*)",
                        "must be a size with its unit, such as 64KiB or 16MiB, and is $1")
                .replaceFirst(
                        "Cannot coerce Floating-point value \\(([^)]*)\\) to `\\w+`.*",
                        "must be a whole number, and is $1")
                .transform(ToolEntries::kinds);
    }

    private static String kinds(String message) {
        Matcher wrong = WRONG_KIND.matcher(message);
        if (!wrong.matches()) {
            return message;
        }
        String given = GIVEN.getOrDefault(wrong.group(2), "the value");
        String value = wrong.group(3) == null ? "" : " " + wrong.group(3);
        return "must be " + KINDS.getOrDefault(wrong.group(1), "settings, such as {name: value}") + ", and is " + given
                + value;
    }
}
