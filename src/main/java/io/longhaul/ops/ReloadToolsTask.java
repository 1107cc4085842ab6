package io.longhaul.ops;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Reads the configured tools again by {@code POST /tasks/reload-tools} on the admin port. A mistake leaves all as it is. */
public final class ReloadToolsTask extends Task {
    private final Callable<String> reload;

    /**
     * Wires it.
     *
     * @param reload reads the tools and says what has changed, or throws what is wrong
     */
    public ReloadToolsTask(Callable<String> reload) {
        super("reload-tools", "text/plain;charset=utf-8");
        this.reload = reload;
    }

    /** Answers 200 with what has changed, or 500 with what is wrong. */
    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws Exception {
        try {
            output.println(reload.call());
        } catch (Exception e) {
            // The servlet prints what it says.
            throw new IllegalStateException("The tools stay as they are. " + e.getMessage(), e);
        }
    }
}
