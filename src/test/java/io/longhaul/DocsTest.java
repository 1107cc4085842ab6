package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the pages say to type can be typed: every command is one that the program takes, every request goes to a path that the
 * API has, every link leads somewhere. {@link TutorialIT} and others run the pages whose commands follow one another.
 */
class DocsTest {
    private static final Commands COMMANDS = new Commands();
    private static final Pattern FENCE = Pattern.compile("(?ms)^```\\w*[^\n]*\n(.*?)^```");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CALL = Pattern.compile(
            "(?m)(?:java(?: -[-\\w:=./]+)* -jar (?:[\\w./-]*/)?\\w+\\.jar|(?<=^|\\$\\(|\\| |&& |then )(?:bin/)?longhaul) ([a-z][^`\n]*)");
    private static final Pattern CURL = Pattern.compile("(?m)^[^\n#|]*\\bcurl (?:[^\n]*\\\\\n)*[^\n]*");
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:https?://)?(?:127\\.0\\.0\\.1|localhost)(?::(\\d+))?(/[^\\s'\"`)|]*)|\\$url(/[^\\s'\"`)|]*)");
    private static final Pattern LINK =
            Pattern.compile("(?<!!)\\[[^\\]\n]*\\]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"></a>");

    private static final Pattern VARIABLE = Pattern.compile("\"(LONGHAUL_[A-Z_]+)\"");

    private static final String CONTENTS = "On this page: ";

    /** Three screens, of which long lines fill more than one. */
    private static final int MOST_LINES = 120;

    private static final int MOST_BYTES = 10_000;

    /** Names of checks that begin like a command. */
    private static final Set<List<String>> NO_COMMANDS = Set.of(List.of("data", "folder"));

    /** Where a line of a shell goes on to another program. */
    private static final Set<String> SEPARATORS = Set.of("|", "||", "&&", "&", ";", "<", ">", ">>", "2>&1", "#", "|&");

    static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> clients = Files.walk(Path.of("src/clients"), 2)) {
            return Stream.of(
                            docs.filter(file -> file.toString().endsWith(".md")),
                            clients.filter(file -> file.endsWith("README.md")),
                            Stream.of(
                                            "README.md",
                                            "CONTRIBUTING.md",
                                            "SECURITY.md",
                                            "CHANGELOG.md",
                                            "examples/README.md")
                                    .map(Path::of))
                    .flatMap(Function.identity())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theProgramTakesEveryCommand(Path page) throws IOException {
        List<String> problems = new ArrayList<>();
        String text = page.endsWith("CHANGELOG.md") ? "" : Files.readString(page);
        List<String> codes = all(CODE, FENCE.matcher(text).replaceAll(""), found -> found.group(1))
                .toList();
        Stream.concat(all(FENCE, text, found -> found.group(1)), codes.stream())
                .flatMap(part -> part.replace("\\\n", " ").lines())
                .flatMap(line -> all(CALL, line, found -> found.group(1)))
                .forEach(words -> {
                    List<String> command = words(words);
                    String problem =
                            command.contains("ACTION") || command.stream().anyMatch(w -> w.contains("..."))
                                    ? ""
                                    : COMMANDS.problem(command);
                    if (!problem.isEmpty()) {
                        problems.add(words + ": " + problem);
                    }
                });
        codes.stream()
                .map(code -> words(code.replaceAll("\\[[^\\]]*\\]|\\.\\.\\.", "")))
                .filter(words -> !NO_COMMANDS.contains(words))
                .map(COMMANDS::unknown)
                .filter(problem -> !problem.isEmpty())
                .forEach(problems::add);
        assertThat(problems).isEmpty();
    }

    @Test
    void thePageOfTheCommandLineListsWhatNeedsNoServer() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("docs/command-line.md"));
        assertThat(Stream.concat(COMMANDS.actions().stream(), Stream.of("mcp"))).allSatisfy(action -> {
            String[] words = action.split(" ");
            assertThat(rows)
                    .anyMatch(row -> row.startsWith("| ")
                            && row.contains("`" + words[0])
                            && row.contains(words.length == 1 ? "`" : words[1] + "`"));
        });
    }

    /** One that only the program itself sets is no setting. */
    @Test
    void everyVariableOfTheProgramIsOnAPage() throws IOException {
        StringBuilder pages = new StringBuilder(Files.readString(Path.of("config.yml")));
        for (Path page : pages()) {
            pages.append(page.endsWith("CHANGELOG.md") ? "" : Files.readString(page));
        }
        try (Stream<Path> code = Files.walk(Path.of("src/main/java"))) {
            for (Path file : code.filter(Files::isRegularFile).toList()) {
                all(VARIABLE, Files.readString(file), found -> found.group(1))
                        .filter(name -> !name.equals("LONGHAUL_PROGRAM"))
                        .forEach(name -> assertThat(pages).as(file.toString()).containsPattern("\\b" + name + "\\b"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theApiHasEveryPathAndParameter(Path page) throws IOException {
        JsonNode paths = new ObjectMapper()
                .readTree(Path.of("src/main/resources/openapi.json").toFile())
                .path("paths");
        List<String> problems = new ArrayList<>();
        all(CURL, Files.readString(page), MatchResult::group).forEach(curl -> {
            String method = method(curl);
            Matcher address = ADDRESS.matcher(curl);
            while (address.find()) {
                String target = address.group(2) == null ? address.group(3) : address.group(2);
                if (!"8081".equals(address.group(1)) && target.startsWith("/v1/")) {
                    String problem = problem(paths, method, target);
                    if (!problem.isEmpty()) {
                        problems.add(curl + ": " + problem);
                    }
                }
            }
        });
        assertThat(problems).isEmpty();
    }

    private static String method(String curl) {
        Matcher given = Pattern.compile("-X ?([A-Z]+)|--request ([A-Z]+)").matcher(curl);
        if (given.find()) {
            return (given.group(1) == null ? given.group(2) : given.group(1)).toLowerCase(Locale.ROOT);
        }
        return Pattern.compile(" (-d|--data|--data-binary|--json|-F) ?")
                        .matcher(curl)
                        .find()
                ? "post"
                : "get";
    }

    private static String problem(JsonNode paths, String method, String target) {
        String[] parts = target.split("\\?", 2);
        String[] given = parts[0].split("/");
        for (var entry : paths.properties()) {
            if (matches(entry.getKey().split("/"), given)) {
                JsonNode operation = entry.getValue().path(method);
                if (!operation.isMissingNode()) {
                    Set<String> known = new HashSet<>();
                    Stream.of(operation, entry.getValue())
                            .forEach(node -> node.path("parameters").forEach(p -> known.add(name(paths, p))));
                    return Stream.of(parts.length == 1 ? new String[0] : parts[1].split("&"))
                            .map(parameter -> parameter.replaceFirst("=.*", ""))
                            .filter(name -> !name.isEmpty()
                                    && !known.contains(name)
                                    && known.stream().noneMatch(String::isEmpty))
                            .findFirst()
                            .map(name -> "no parameter " + name)
                            .orElse("");
                }
            }
        }
        return "no " + method + " " + parts[0];
    }

    /** A parameter by reference counts as any: its name stands elsewhere. */
    private static String name(JsonNode paths, JsonNode parameter) {
        return parameter.has("$ref")
                ? last(parameter.path("$ref").asText())
                : parameter.path("name").asText();
    }

    private static String last(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static boolean matches(String[] template, String[] given) {
        if (template.length != given.length) {
            return false;
        }
        for (int i = 0; i < given.length; i++) {
            if (!template[i].startsWith("{") && !template[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        all(
                        LINK,
                        FENCE.matcher(Files.readString(page)).replaceAll(""),
                        found -> found.group(1) == null ? found.group(2) : found.group(1))
                .filter(link -> !link.matches("[a-z+]+:.*"))
                .forEach(link -> {
                    String[] parts = link.split("#", 2);
                    Path folder = page.getParent() == null ? Path.of("") : page.getParent();
                    Path target =
                            parts[0].isEmpty() ? page : folder.resolve(parts[0]).normalize();
                    if (!Files.exists(target.toString().isEmpty() ? Path.of(".") : target)) {
                        broken.add(link + ": there is no " + target);
                    } else if (parts.length == 2
                            && target.toString().endsWith(".md")
                            && !anchors(target).contains(parts[1])) {
                        broken.add(link + ": " + target + " has no such heading");
                    }
                });
        assertThat(broken).isEmpty();
    }

    /** Run with {@code -Dlonghaul.snapshot=write} to write the lists anew. */
    @ParameterizedTest
    @MethodSource("pages")
    void everyLongPageListsItsHeadings(Path page) throws IOException {
        String text = Files.readString(page);
        Matcher first = Pattern.compile("(?m)^## ").matcher(text);
        boolean isLong = text.lines().count() > MOST_LINES || Files.size(page) > MOST_BYTES;
        // Packages are shown elsewhere, with other anchors; the changelog is a list of releases.
        if (!isLong || page.startsWith("src") || page.endsWith("CHANGELOG.md") || !first.find()) {
            return;
        }
        String list = all(Pattern.compile("(?m)^## (.+)$"), FENCE.matcher(text).replaceAll(""), found -> found.group(1))
                .map(heading -> "[" + heading.replaceAll("<[^>]*>|`", "") + "](#" + anchor(heading) + ")")
                .collect(Collectors.joining(" · ", CONTENTS, "\n\n"));
        if ("write".equals(System.getProperty("longhaul.snapshot"))) {
            String before = text.substring(0, first.start()).replaceAll("(?m)^" + CONTENTS + ".*\n\n?", "");
            text = before + list + text.substring(first.start());
            Files.writeString(page, text);
        }
        assertThat(text)
                .as("%s; run this test with -Dlonghaul.snapshot=write", page)
                .contains("\n" + list + "## ");
    }

    private static String anchor(String heading) {
        return heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .replaceAll("<[^>]*>", "")
                .toLowerCase(Locale.ROOT)
                .strip()
                .replaceAll("[^\\w\\- ]", "")
                .replace(' ', '-');
    }

    /** The anchors of a page, as GitHub makes them of headings, and those that it sets itself. */
    private static Set<String> anchors(Path page) {
        try {
            String text = FENCE.matcher(Files.readString(page)).replaceAll("");
            Set<String> anchors = new HashSet<>();
            all(ANCHOR, text, found -> found.group(1)).forEach(anchors::add);
            all(HEADING, text, found -> found.group(1)).forEach(heading -> {
                String anchor = anchor(heading);
                for (int again = 0; !anchors.add(again == 0 ? anchor : anchor + "-" + again); again++) {
                    // The next of the same words.
                }
            });
            return anchors;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static <T> Stream<T> all(Pattern pattern, String text, Function<MatchResult, T> part) {
        return pattern.matcher(text).results().map(part);
    }

    /** The words of one command, as a shell reads them; variables and ids stand for themselves. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        char quote = 0;
        int depth = 0;
        for (char c : (line + " ").toCharArray()) {
            if (quote == 0 && depth == 0 && (c == '\'' || c == '"')) {
                quote = c;
                any = true;
            } else if (c == quote && depth == 0) {
                quote = 0;
            } else if (quote == 0 && depth == 0 && (Character.isWhitespace(c) || c == ')' || c == ';')) {
                if (SEPARATORS.contains(word.toString()) && !any) {
                    return words;
                }
                if (any || word.length() > 0) {
                    words.add(known(word.toString()));
                }
                if (c == ')' || c == ';') {
                    return words;
                }
                word.setLength(0);
                any = false;
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                word.append(c);
            }
        }
        return words;
    }

    /** An id in the place of a variable or of a word in capitals, a number in the place of N. */
    private static String known(String word) {
        return word.matches("\\$\\{?\\w+\\}?|ID|JOB|JOB_ID|\\$\\(.*\\)")
                ? "00000000-0000-4000-8000-000000000000"
                : word.equals("N") ? "1" : word;
    }
}
