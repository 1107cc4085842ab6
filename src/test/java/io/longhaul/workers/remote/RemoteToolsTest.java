package io.longhaul.workers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolRegistry;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RemoteToolsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static String definition(String name, String description) {
        return "{\"type\": \"remote\", \"name\": \"" + name + "\", \"description\": \"" + description + "\"}";
    }

    private static void register(RemoteTools tools, String name, String description) {
        String definition = definition(name, description);
        tools.register(tools.read(definition), definition, "worker");
    }

    @Test
    void aToolIsInEffectOnceTheConfigurationHasItNoLonger() {
        ToolRegistry registry = ToolRegistry.of(TestTools.all("- {type: command, name: fold, command: [date]}"));
        RemoteTools tools = new RemoteTools(JOBS.jdbi(), registry);
        register(tools, "fold", "folds");
        assertThat(registry.find("fold").orElseThrow().isRemote()).isFalse();

        registry.reconfigure(List.of());

        assertThat(registry.find("fold").orElseThrow().isRemote()).isTrue();
    }

    @Test
    void aToolThatIsStoredSlowlyIsNotPassedOverForALaterOne() {
        ToolRegistry registry = ToolRegistry.of(List.of());
        RemoteTools tools = new RemoteTools(JOBS.jdbi(), registry);
        register(tools, "slow", "before");
        register(tools, "quick", "before");
        try (Parked slow = new Parked(JOBS.jdbi())) {
            slow.with(handle ->
                    handle.attach(RemoteStatements.class).store("slow", definition("slow", "after"), "worker"));
            register(tools, "quick", "after");
            slow.commit();
        }

        tools.refresh();

        assertThat(registry.find("slow").orElseThrow().description().description())
                .isEqualTo("after");
    }
}
