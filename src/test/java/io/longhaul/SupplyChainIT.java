package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What the jar says it is made of is what it is made of. */
class SupplyChainIT {
    private static final Path JAR = Path.of("target", "app.jar");

    /** Brought along by other libraries inside their own jars. */
    private static final String WITHIN_OTHERS = "org.antlr:antlr4-runtime";

    private static String text(ZipFile jar, String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Map<String, String> stated(ZipFile jar) throws IOException {
        JsonNode bill = new ObjectMapper().readTree(text(jar, "META-INF/sbom/longhaul.cdx.json"));
        Map<String, String> components = new TreeMap<>();
        for (JsonNode component : bill.path("components")) {
            assertThat(component.path("hashes")).as(component.toString()).isNotEmpty();
            components.put(
                    component.path("group").asText() + ":"
                            + component.path("name").asText(),
                    component.path("version").asText());
        }
        return components;
    }

    /** Most libraries leave their coordinates in the jar that they are built into. */
    private static Map<String, String> found(ZipFile jar) throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (ZipEntry entry : jar.stream()
                .filter(e -> e.getName().matches("META-INF/maven/.*/pom\\.properties"))
                .toList()) {
            Properties properties = new Properties();
            try (InputStream in = jar.getInputStream(entry)) {
                properties.load(in);
            }
            found.put(
                    properties.getProperty("groupId") + ":" + properties.getProperty("artifactId"),
                    properties.getProperty("version"));
        }
        found.keySet().removeIf(name -> name.equals("io.longhaul:app") || name.equals(WITHIN_OTHERS));
        return found;
    }

    @Test
    void theBillOfMaterialsNamesWhatIsInTheJar() throws Exception {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(found(jar)).hasSizeGreaterThan(60);
            assertThat(stated(jar)).containsAllEntriesOf(found(jar));
        }
    }

    @Test
    void everyLibraryIsThereWithItsLicence() throws Exception {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            String licences = text(jar, "META-INF/THIRD-PARTY.txt");
            Map<String, String> built = new TreeMap<>();
            Matcher library = Pattern.compile("\\(([^():]+:[^():]+):([^():]+) - [^()]*\\)$", Pattern.MULTILINE)
                    .matcher(licences);
            while (library.find()) {
                built.put(library.group(1), library.group(2));
            }
            assertThat(stated(jar)).as("run mvn -Psbom generate-resources").isEqualTo(built);
            assertThat(licences.lines().filter(line -> line.contains(" - ")))
                    .allMatch(line -> line.strip().matches("\\([^()]+.*\\) .*"))
                    .noneMatch(line -> line.contains("Unknown license"));
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/NOTICE.longhaul")).contains("META-INF/THIRD-PARTY.txt");
        }
    }

    @Test
    void ourEntriesHaveTheTimeThatTheBuildStates() throws Exception {
        Matcher stated =
                Pattern.compile("<project.build.outputTimestamp>(.+)Z<").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(stated.find()).isTrue();
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(jar.stream()
                            .filter(entry -> entry.getName().startsWith("io/longhaul/"))
                            .map(ZipEntry::getTimeLocal)
                            .distinct())
                    .containsExactly(LocalDateTime.parse(stated.group(1)));
        }
    }
}
