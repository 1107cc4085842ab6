package io.longhaul.admin;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Reads the configured tools again by {@code POST /tasks/reload-tools} on the admin port. After a mistake the old tools
 * stay.
 */
public final class ReloadToolsTask extends Task {
    private final Callable<String> reload;

    /** @param reload reads the tools and describes the changes, or throws the problem */
    public ReloadToolsTask(Callable<String> reload) {
        super("reload-tools", "text/plain;charset=utf-8");
        this.reload = reload;
    }

    /** Answers 200 with the changes, or 500 with the problem. */
    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws Exception {
        try {
            output.println(reload.call());
        } catch (Exception e) {
            // The servlet prints the message.
            throw new IllegalStateException("The tools stay as they are. " + e.getMessage(), e);
        }
    }
}
