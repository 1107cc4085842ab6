package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program {@code longhaul}, with a Java that prints how it was called. */
class LauncherTest {
    @TempDir
    private Path folder;

    private Path home;
    private Path java;
    private Path jar;

    @BeforeEach
    void aHomeWithASpace() throws Exception {
        home = Files.createDirectories(folder.resolve("Jane Doe"));
        Files.createDirectories(home.resolve(".cache"));
        jar = Files.createFile(home.resolve("app.jar"));
        java = Files.createDirectories(home.resolve("java 21/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nfor word; do echo \"$word\"; done\n");
        Files.writeString(home.resolve("java 21/release"), "JAVA_VERSION=\"21.0.1\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void namesWithSpacesStayWhole() throws Exception {
        Path cache = home.resolve(".cache/longhaul");
        assertThat(called(Map.of("LONGHAUL_JAVA", java.toString()), "job", "submit", "a b"))
                .containsExactly(
                        "-XX:SharedArchiveFile=" + cache + "/client-21.jsa",
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx1g",
                        "-Da=b",
                        "-jar",
                        jar.toString(),
                        "job",
                        "submit",
                        "a b");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");
    }

    @Test
    void javaIsFoundInAHomeWithSpaces() throws Exception {
        assertThat(called(Map.of("JAVA_HOME", home.resolve("java 21").toString()), "doctor"))
                .containsExactly("-Xmx1g", "-Da=b", "-jar", jar.toString(), "doctor");
    }

    @Test
    void aServerStartsFromTheArchiveBesideTheJar() throws Exception {
        Files.createFile(home.resolve("app.jsa"));
        assertThat(called(Map.of("LONGHAUL_JAVA", java.toString()), "server"))
                .startsWith("-XX:SharedArchiveFile=" + home.resolve("app.jsa"), "-Xshare:auto", "-Xmx1g");
    }

    private List<String> called(Map<String, String> environment, String... words) throws Exception {
        List<String> call = new ArrayList<>(List.of("packaging/longhaul"));
        call.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(call).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeAll(List.of("XDG_CACHE_HOME", "JAVA_HOME", "LONGHAUL_JAVA"));
        builder.environment()
                .putAll(Map.of(
                        "HOME", home.toString(), "LONGHAUL_JAR", jar.toString(), "LONGHAUL_JAVA_OPTS", "-Xmx1g -Da=b"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said.lines().toList();
    }
}
