package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.ToolDescription;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ToolRegistryTest {
    private final List<RegisteredTool> tools = TestTools.all("""
            - {type: command, name: b, command: [date], params: {required: [x]}}
            - {type: command, name: a, command: [date], description: " What it does.\\n"}
            """);

    @Test
    void toolsAreFoundByTheirExactName() {
        ToolRegistry registry = ToolRegistry.of(tools);
        assertThat(registry.find("a")).contains(tools.get(1));
        assertThat(registry.find("A")).isEmpty();
        assertThat(registry.names()).containsExactly("a", "b");
        assertThat(registry.list()).containsExactly(tools.get(1), tools.get(0));
    }

    @Test
    void paramsAreCheckedByTheToolsSchema() {
        ToolRegistry registry = ToolRegistry.of(tools);
        assertThat(registry.find("a").orElseThrow().check(RecordedCall.JSON.createObjectNode()))
                .isEmpty();
        assertThat(registry.find("b").orElseThrow().check(RecordedCall.JSON.createObjectNode()))
                .hasSize(1);
        assertThat(registry.find("c")).isEmpty();
    }

    @Test
    void aNameIsGivenOnlyOnce() {
        assertThatThrownBy(() -> ToolRegistry.of(List.of(tools.get(0), tools.get(0))))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageStartingWith("tool 'b' is defined twice, in ")
                .hasMessageEndingWith(": rename one of them");
    }

    @Test
    void anotherNameThatIsNearIsTakenAsMeant() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("[{type: command, name: factor, command: [date]}]"));
        assertThat(registry.hint("fcator", name -> true)).isEqualTo(" Did you mean factor?");
        assertThat(registry.hint("actr", name -> true)).isEqualTo(" Did you mean factor?");
        assertThat(registry.hint("act", name -> true)).as("a part of it").isEqualTo(" Did you mean factor?");
        assertThat(registry.hint("atr", name -> true)).isEmpty();
        assertThat(registry.hint("factor", name -> true)).isEmpty();
        assertThat(registry.hint("fcator", name -> false)).isEmpty();
    }

    @Test
    void descriptionsAreTrimmedAndNeverEmpty() {
        assertThat(tools.get(1).description().description()).isEqualTo("What it does.");
        assertThat(tools.get(0).description().description()).isEqualTo("b");
    }

    @Test
    void toolsMayJoinLaterButNotTakeANameFromAnother() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("[{type: command, name: a, command: [date]}]"));
        List<RegisteredTool> before = registry.list();
        assertThat(registry.join(TestTools.all("[{type: command, name: b, command: [date]}]")))
                .isEmpty();
        assertThat(registry.names()).containsExactly("a", "b");
        assertThat(before).hasSize(1);
        assertThat(registry.join(TestTools.all("[{type: command, name: a, command: [ls]}]")))
                .singleElement()
                .asString()
                .startsWith("tool 'a' of ")
                .endsWith("has one of that name: give it another name or prefix");
        assertThat(registry.list()).contains(before.get(0));
    }

    @Test
    void aToolComesIntoEffectWhenTheConfigurationGivesItsNameUp() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("[{type: command, name: a, command: [date]}]"));
        assertThat(registry.replace("elsewhere", List.of(named("a")))).hasSize(1);
        assertThat(registry.find("a").orElseThrow().origin()).isNotEqualTo("elsewhere");
        registry.reconfigure(List.of());
        assertThat(registry.find("a").orElseThrow().origin()).isEqualTo("elsewhere");
    }

    /** A server that lists other tools each time keeps its earlier ones, so that their jobs may end. */
    @Test
    void toolsOfOneOriginMayNotFillTheMemory() {
        ToolRegistry registry = ToolRegistry.of(List.of());
        List<RegisteredTool> big = List.of(large("a"), large("b"), large("c"));
        assertThat(registry.join(big.subList(0, 2))).isEmpty();
        assertThat(registry.hasRoom(big.subList(2, 3))).isFalse();
        assertThat(registry.join(big.subList(2, 3)))
                .singleElement()
                .asString()
                .startsWith("tool 'c' of elsewhere is left out: ")
                .endsWith("say less in the schemas, or remove tools that nobody needs");
        assertThat(registry.names()).containsExactly("a", "b");
        assertThat(registry.join(List.of(big.get(0), named("d")))).isEmpty();
        assertThat(registry.replace("elsewhere", List.of(big.get(2), big.get(0))))
                .isEmpty();
        assertThat(registry.names()).containsExactly("a", "c");
    }

    private static RegisteredTool large(String name) {
        var schema = RecordedCall.JSON.createObjectNode();
        var values = schema.putArray("enum");
        IntStream.range(0, 49_000).forEach(values::add);
        return new RegisteredTool(
                new RemoteTool(new ToolDescription(name, name, schema)), ToolPolicy.DEFAULT, "elsewhere");
    }

    @Test
    void theConfigurationMayChangeAndHasPrecedence() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("[{type: command, name: a, command: [date]}]"));
        registry.replace("elsewhere", List.of(named("b"), named("c")));
        registry.reconfigure(TestTools.all("[{type: command, name: b, command: [date]}]"));
        assertThat(registry.names()).containsExactly("b", "c");
        assertThat(registry.find("b").orElseThrow().origin()).isNotEqualTo("elsewhere");
        registry.reconfigure(List.of());
        assertThat(registry.find("b").orElseThrow().origin()).isEqualTo("elsewhere");
        registry.replace("elsewhere", List.of());
        assertThat(registry.names()).isEmpty();
    }

    @Test
    void aConfigurationWithAMistakeChangesNothing() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("[{type: command, name: a, command: [date]}]"));
        List<RegisteredTool> twice = List.of(named("b"), named("b"));
        assertThatThrownBy(() -> registry.reconfigure(twice)).hasMessageContaining("defined twice");
        assertThat(registry.names()).containsExactly("a");
    }

    private static RegisteredTool named(String name) {
        ToolDescription description = new ToolDescription(name, name, RecordedCall.JSON.createObjectNode());
        return new RegisteredTool(new RemoteTool(description), ToolPolicy.DEFAULT, "elsewhere");
    }
}
