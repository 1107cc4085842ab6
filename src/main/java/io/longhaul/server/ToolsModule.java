package io.longhaul.server;

import io.dropwizard.core.setup.Environment;
import io.longhaul.ops.ReloadToolsTask;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;

/** What a node does with tools that come and go while it runs. */
final class ToolsModule {
    private final ToolContext toolContext;
    private final ToolRegistry tools;
    private final ToolReload reload;

    ToolsModule(ToolContext toolContext, ToolRegistry tools, ToolReload reload) {
        this.toolContext = toolContext;
        this.tools = tools;
        this.reload = reload;
    }

    void manage(Environment environment, Runnable changed) {
        for (LiveTools live : toolContext.live()) {
            environment.lifecycle().manage(ManagedPart.managed(() -> live.start(tools, changed), () -> {}));
        }
        environment
                .lifecycle()
                .manage(ManagedPart.managed(() -> {}, () -> toolContext.live().forEach(LiveTools::stop)));
        environment.lifecycle().manage(ManagedPart.managed(() -> reload.start(changed), () -> {}));
        environment.admin().addTask(new ReloadToolsTask(reload::reload));
    }
}
