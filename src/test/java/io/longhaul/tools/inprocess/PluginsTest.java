package io.longhaul.tools.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginsTest {
    private static final String SERVICES = "META-INF/services/io.longhaul.tools.spi.Tool";
    private static final Path EXAMPLE = Path.of("examples/plugin/src/main");

    @TempDir
    Path folder;

    @Test
    void theExampleIsAPlugin() throws Exception {
        exampleInto(folder.resolve("dna.jar"));
        RegisteredTool tool = only(plugins().tools(Set.of()));
        assertThat(tool.name()).isEqualTo("dna.reverse_complement");
        assertThat(tool.origin()).isEqualTo("plug-in " + folder.resolve("dna.jar"));
        RecordedCall call = new RecordedCall("{\"sequence\": \"ACCn\"}");
        assertThat(call.start(tool).await()).isEqualTo(new ToolResult.Success("{\"sequence\":\"nGGT\"}"));
        assertThat(call.lines()).containsExactly("4 bases");
        ToolResult wrong =
                new RecordedCall("{\"sequence\": \"AXC\"}").start(tool).await();
        assertThat(wrong)
                .isInstanceOfSatisfying(
                        ToolResult.Failure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_PARAMS));
    }

    @Test
    void anEntryGivesAPluginsToolItsPolicies() throws Exception {
        Files.createDirectory(folder.resolve("dna"));
        exampleInto(folder.resolve("dna").resolve("dna.jar"));
        Plugins plugins = plugins();
        ToolContext toolContext = new ToolContext(plugins.loaders());
        Path file = Files.writeString(
                folder.resolve("tools.yml"), "[{type: java, name: dna.reverse_complement, timeout: 5m}]");
        RegisteredTool tool = only(new ToolFiles().load(file, toolContext));
        assertThat(tool.policy().timeout()).hasMinutes(5);
        assertThat(plugins.tools(toolContext.named())).as("not a second time").isEmpty();
        assertThat(new RecordedCall("{\"sequence\": \"A\"}").start(tool).await())
                .isEqualTo(new ToolResult.Success("{\"sequence\":\"T\"}"));
    }

    @Test
    void aPluginSeesNoOtherClassOfTheServer() throws Exception {
        String source = """
                package p;
                import io.longhaul.tools.spi.*;
                public class Curious implements Tool {
                    public ToolDescription description() {
                        return new ToolDescription("curious", "d", com.fasterxml.jackson.databind.node.MissingNode.getInstance());
                    }
                    public ToolResult call(ToolCall call) throws Exception {
                        StringBuilder seen = new StringBuilder();
                        for (String name : new String[] {"io.longhaul.App", "org.jdbi.v3.core.Jdbi", "org.postgresql.Driver",
                                "com.fasterxml.jackson.databind.ObjectMapper", "p.Curious"}) {
                            try {
                                Class.forName(name, false, Thread.currentThread().getContextClassLoader());
                                seen.append(name).append(' ');
                            } catch (ClassNotFoundException e) {
                                // Not seen.
                            }
                        }
                        return new ToolResult.Success("\\"" + seen.toString().strip() + "\\"");
                    }
                }
                """.replace(
                        "com.fasterxml.jackson.databind.node.MissingNode.getInstance()",
                        "new com.fasterxml.jackson.databind.ObjectMapper().createObjectNode()");
        jar(folder.resolve("curious.jar"), compiled("p/Curious.java", source), "p.Curious");
        ToolResult seen =
                new RecordedCall("{}").start(only(plugins().tools(Set.of()))).await();
        assertThat(seen).isEqualTo(new ToolResult.Success("\"com.fasterxml.jackson.databind.ObjectMapper p.Curious\""));
    }

    @Test
    void problemsOfAPluginAreReported() throws Exception {
        jar(folder.resolve("a.jar"), folder.resolve("nothing"), null);
        assertWrong("plug-in " + folder.resolve("a.jar") + " lists no tools: ", SERVICES);
        Files.delete(folder.resolve("a.jar"));
        jar(folder.resolve("b.jar"), folder.resolve("nothing"), "no.Such");
        assertWrong("plug-in " + folder.resolve("b.jar") + " cannot be loaded (", "no.Such", "pack what it needs");
        Files.writeString(folder.resolve("b.jar"), "no jar");
        assertWrong("plug-in " + folder.resolve("b.jar"), "lists no tools");
        assertThatThrownBy(() -> Plugins.in("no/such/folder"))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContainingAll("no/such/folder", "name an existing folder");
    }

    private void assertWrong(String start, String... parts) {
        assertThatThrownBy(() -> plugins().tools(Set.of()))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageStartingWith(start)
                .hasMessageContainingAll(parts);
    }

    private Plugins plugins() {
        return Plugins.in(folder.toString());
    }

    private static RegisteredTool only(List<RegisteredTool> tools) {
        assertThat(tools).hasSize(1);
        return tools.get(0);
    }

    private void exampleInto(Path jar) throws IOException {
        Path source = EXAMPLE.resolve("java/example/ReverseComplement.java");
        String service =
                Files.readString(EXAMPLE.resolve("resources").resolve(SERVICES)).strip();
        jar(jar, compiled("example/ReverseComplement.java", Files.readString(source)), service);
    }

    private Path compiled(String file, String text) throws IOException {
        Path work = Files.createTempDirectory("plugin");
        Path source = work.resolve(file);
        Files.createDirectories(source.getParent());
        Files.writeString(source, text);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        work.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(exit).isZero();
        return work;
    }

    private static void jar(Path jar, Path classes, String service) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            if (service != null) {
                entries.putNextEntry(new JarEntry(SERVICES));
                entries.write(service.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            if (Files.isDirectory(classes)) {
                try (Stream<Path> files = Files.walk(classes)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                            .toList()) {
                        entries.putNextEntry(
                                new JarEntry(classes.relativize(file).toString()));
                        Files.copy(file, entries);
                    }
                }
            }
            entries.putNextEntry(new JarEntry("x"));
        }
    }
}
