package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        java = home.resolve("java 21/bin/java");
        program(java, "for word; do echo \"$word\"; done");
        Files.writeString(home.resolve("java 21/release"), "JAVA_VERSION=\"21.0.1\"\n");
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

    @Test
    void theServiceHasTheOptionsForJavaOfItsUnit() throws Exception {
        install("");
        Map<String, String> unit =
                Map.of("LONGHAUL_JAVA", java.toString(), "LONGHAUL_JAVA_OPTS", "", "JAVA_OPTS", "-Xmx512m -Dall=*");
        assertThat(installed(unit, "server", configuration()))
                .containsExactly("-Xmx512m", "-Dall=*", "-jar", jar.toString(), "server", configuration());
        assertThat(installed(unit, "db", "migrate", configuration())).startsWith("-Xmx512m", "-Dall=*", "-jar");
        assertThat(installed(unit, "server")).containsExactly("-jar", jar.toString(), "server");
    }

    /** The node has the port already that its options name. */
    @Test
    void commandsBesideTheNodeDoNotHaveItsOptionsForJava() throws Exception {
        install("JAVA_OPTS=-Dcom.sun.management.jmxremote.port=9010");
        Map<String, String> own = Map.of("LONGHAUL_JAVA", java.toString(), "LONGHAUL_JAVA_OPTS", "");
        for (String command : List.of("key", "doctor", "data", "schema", "check", "db"))
            assertThat(installed(own, command, configuration()))
                    .containsExactly("-jar", jar.toString(), command, configuration());
    }

    @Test
    void quotesHoldAnOptionForJavaTogether() throws Exception {
        String options = """
                -XX:OnOutOfMemoryError='kill -9 %p' "-Da=it's \\"$(touch evil)\\""  -Db=c\\ d`touch evil`
                \t-Dall=* '' -De='f""";
        Map<String, String> own = Map.of("LONGHAUL_JAVA", java.toString(), "LONGHAUL_JAVA_OPTS", options);
        assertThat(called(own, "server", "a b"))
                .containsExactly(
                        "-XX:OnOutOfMemoryError=kill -9 %p",
                        "-Da=it's \"$(touch evil)\"",
                        "-Db=c d`touch",
                        "evil`",
                        "-Dall=*",
                        "",
                        "-De=f",
                        "-jar",
                        jar.toString(),
                        "server",
                        "a b");
        assertThat(Path.of("evil")).doesNotExist();
    }

    /** Without them, a key would be made in another database than the one that the service uses. */
    @Test
    void aCommandThatNamesTheFileOfTheServiceSeesItsSettings() throws Exception {
        install("""
                # DATABASE_USER=no
                DATABASE_URL=postgres://127.0.0.1:1/jobs?a=b
                DATABASE_PASSWORD='it''s' " $(touch evil) \\"\\\\\\n"
                LONGHAUL_NODE = two words\\s
                LONGHAUL_PORT="8081"
                not a setting
                DATABASE_USER=longhaul_app""");
        settings("etc/longhaul/migrate.env", "DATABASE_USER=longhaul_owner\n");
        javaPrints(
                "DATABASE_URL",
                "DATABASE_PASSWORD",
                "LONGHAUL_NODE",
                "LONGHAUL_PORT",
                "DATABASE_USER",
                "LONGHAUL_DATA");
        Map<String, String> own = Map.of("LONGHAUL_JAVA", java.toString(), "LONGHAUL_PORT", "1");
        assertThat(installed(own, "key", "list", configuration()))
                .containsExactly(
                        "postgres://127.0.0.1:1/jobs?a=b",
                        "its $(touch evil) \"\\\\n",
                        "two wordss",
                        "1",
                        "longhaul_app",
                        "/var/lib/longhaul/data");
        assertThat(installed(own, "db", "migrate", configuration())).contains("longhaul_owner");
        assertThat(installed(own, "schema", "adopt", configuration())).contains("longhaul_owner");
        assertThat(installed(own, "schema", "verify", configuration())).contains("longhaul_app");
        assertThat(installed(own, "job", "list", configuration())).containsExactly("", "", "", "1", "", "");
        assertThat(installed(own, "key", "list", "config.yml")).containsExactly("", "", "", "1", "", "");
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    @Test
    void aServerInATerminalSeesTheSettingsOfTheServiceAndItsUnitOnlyThoseOfSystemd() throws Exception {
        install("DATABASE_URL=postgres://127.0.0.1:1/jobs");
        javaPrints("DATABASE_URL", "LONGHAUL_DATA");
        Map<String, String> own = Map.of("LONGHAUL_JAVA", java.toString());
        assertThat(installed(own, "server", configuration()))
                .containsExactly("postgres://127.0.0.1:1/jobs", "/var/lib/longhaul/data");
        assertThat(installed(own, "server")).containsExactly("", "");
        Map<String, String> unit = new HashMap<>(own);
        unit.put("INVOCATION_ID", "1");
        assertThat(installed(unit, "server", configuration())).containsExactly("", "");
        unit.put("SYSTEMD_EXEC_PID", "of another process, such as a terminal");
        assertThat(installed(unit, "server", configuration())).contains("postgres://127.0.0.1:1/jobs");
    }

    @Test
    void rootBecomesTheUserOfTheService() throws Exception {
        install("");
        program(folder.resolve("usr/bin/id"), "case \"$*\" in -u) echo 0 ;; *) echo 77 ;; esac");
        program(folder.resolve("usr/bin/setpriv"), "echo \"$*\"");
        Map<String, String> root = Map.of("LONGHAUL_JAVA", java.toString());
        assertThat(installed(root, "doctor", configuration()))
                .containsExactly("--reuid=longhaul --regid=77 --init-groups " + java + " -Xmx1g -Da=b -jar " + jar
                        + " doctor " + configuration());
        assertThat(installed(root, "doctor")).startsWith("-Xmx1g");
    }

    private String configuration() {
        return folder.resolve("etc/longhaul/config.yml").toString();
    }

    /** The files of the package, in the folder of this test. */
    private void install(String settings) throws IOException {
        settings("etc/longhaul/config.yml", "");
        settings("etc/default/longhaul", settings);
        settings("lib/systemd/system/longhaul.service", Files.readString(Path.of("packaging/longhaul.service")));
        program(folder.resolve("usr/bin/id"), "echo 1000");
        Files.copy(Path.of("packaging/longhaul"), folder.resolve("usr/bin/longhaul"));
    }

    private void settings(String file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    private void javaPrints(String... variables) throws IOException {
        program(
                java,
                Stream.of(variables)
                        .map(name -> "printf '%s\\n' \"${" + name + ":-}\"")
                        .collect(Collectors.joining("\n")));
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> called(Map<String, String> environment, String... words) throws Exception {
        return called(Path.of("packaging/longhaul"), environment, words);
    }

    private List<String> installed(Map<String, String> own, String... words) throws Exception {
        Map<String, String> environment = new HashMap<>(own);
        environment.put("PATH", folder.resolve("usr/bin") + ":" + System.getenv("PATH"));
        return called(folder.resolve("usr/bin/longhaul"), environment, words);
    }

    private List<String> called(Path launcher, Map<String, String> environment, String... words) throws Exception {
        List<String> call = new ArrayList<>(List.of(launcher.toString()));
        call.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(call).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches(
                        "XDG_CACHE_HOME|JAVA_HOME|JAVA_OPTS|(LONGHAUL|DATABASE)_.*|INVOCATION_ID|SYSTEMD_EXEC_PID"));
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
