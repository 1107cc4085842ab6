package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that name the version of a release name the same one. */
class ReleaseFilesTest {
    private static final String VERSION = first("pom.xml", "<version>([^<]+)</version>");

    private static String first(String file, String pattern) {
        try {
            Matcher found = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
            assertThat(found.find()).as(file).isTrue();
            return found.group(1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theFirstSectionOfTheChangelogIsOfThisVersionAndBeginsWithUpgradeNotes() {
        assertThat(first("CHANGELOG.md", "(?m)^## (\\S+) \\(")).isEqualTo(VERSION);
        assertThat(first("CHANGELOG.md", "(?m)^### (.+)$")).isEqualTo("Upgrade notes");
    }

    /** What an operator has to read before an upgrade, and what the release is: a screen, and then the details. */
    @Test
    void aReleaseSaysOnOneScreenWhatItIsAndWhatAnUpgradeNeeds() {
        assertThat(first("CHANGELOG.md", "(?s)\\n## (.+?)\\n### (?!Upgrade notes)")
                        .lines())
                .hasSizeLessThanOrEqualTo(30);
    }

    @Test
    void kubernetesRunsThisVersion() throws IOException {
        for (String file : List.of("deployment.yml", "migrate.yml")) {
            String text = Files.readString(Path.of("docker/kubernetes", file));
            assertThat(Pattern.compile("image: \\S*longhaul:(\\S+)")
                            .matcher(text)
                            .results())
                    .as(file)
                    .isNotEmpty()
                    .allMatch(image -> image.group(1).equals(VERSION));
        }
        assertThat(Files.readString(Path.of("docs/deploy.md"))).contains("longhaul_" + VERSION + "_all.deb");
    }

    /** All that {@code .ci/version} writes beside these. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    src/clients/python/pyproject.toml          | (?m)^version = "(.+)"$
                    src/clients/python/src/longhaul/__init__.py | __version__ = "(.+)"
                    src/clients/typescript/package.json        | "version": "(.+)"
                    src/clients/typescript/README.md           | longhaul-client-(.+)\\.tgz
                    src/main/resources/META-INF/sbom/longhaul.cdx.json | pkg:maven/io.longhaul/app@([^?]+)
                    docs/clients.md                            | longhaul-client</artifactId><version>([^<]+)
                    docs/deploy.md                             | longhaul-(\\d[^/]+)/bin
                    examples/plugin/pom.xml                    | <artifactId>app</artifactId><version>([^<]+)
                    """)
    void clientsExamplesAndPagesNameThisVersion(String file, String pattern) {
        assertThat(first(file, pattern)).isEqualTo(VERSION);
    }

    @Test
    void theReleaseBeforeIsATagACommitAndAChecksum() throws IOException {
        assertThat(Files.readAllLines(Path.of(".ci/previous-release.txt")))
                .filteredOn(line -> !line.startsWith("#"))
                .hasSizeLessThanOrEqualTo(1)
                .allMatch(line -> line.matches("v\\d+\\.\\d+\\.\\d+ [0-9a-f]{40} [0-9a-f]{64}"));
    }
}
