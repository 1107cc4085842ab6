package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each promise in docs/guarantees.md names the test that shows it, and that test exists. */
class GuaranteesTest {
    private static final Path PAGE = Path.of("docs/guarantees.md");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");
    private static final Pattern SCRIPT = Pattern.compile("`(\\.ci/[a-z-]+)[^`]*`");

    /** Lines that promise nothing, and say so, or leave it to others. */
    private static final Pattern PROMISES_NOTHING =
            Pattern.compile("Not promised:|no test\\b|These settings are yours");

    private final String page = read(PAGE);
    private final Map<String, Path> tests = sources();

    @Test
    void everyTestThatIsNamedExists() {
        assertThat(TEST.matcher(page).results().map(test -> test.group()).distinct())
                .hasSizeGreaterThan(30)
                .allSatisfy(this::exists);
    }

    private void exists(String name) {
        Matcher test = TEST.matcher(name);
        assertThat(test.matches()).isTrue();
        assertThat(tests).as(name).containsKey(test.group(1));
        if (test.group(2) != null) {
            assertThat(read(tests.get(test.group(1)))).as(name).contains("void " + test.group(2) + "(");
        }
    }

    @Test
    void everyScriptThatIsNamedExists() {
        assertThat(SCRIPT.matcher(page).results().map(script -> script.group(1)).distinct())
                .isNotEmpty()
                .allSatisfy(script -> assertThat(Path.of(script)).isExecutable());
    }

    @Test
    void everyLineNamesATest() {
        assertThat(promises()
                        .filter(line -> !TEST.matcher(line).find()
                                && !SCRIPT.matcher(line).find()))
                .isEmpty();
    }

    /** The points of lists and the rows of the table, each with the lines that belong to it. */
    private Stream<String> promises() {
        String points = page.replaceAll("\\n +", " ");
        return Arrays.stream(points.split("\\n"))
                .filter(line -> line.startsWith("- ") || (line.startsWith("| ") && !line.startsWith("| |")))
                .filter(line -> !PROMISES_NOTHING.matcher(line).find());
    }

    private static Map<String, Path> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> all =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            return all.stream()
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            file -> file,
                            (one, other) -> one));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
