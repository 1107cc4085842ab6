package io.longhaul.admin;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.servlets.tasks.Task;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Reads the configured tools again by {@code POST /tasks/reload-tools} on the admin port. After a mistake the old tools
 * stay.
 */
public final class ReloadToolsTask extends Task {
    private static final String NAME = "reload-tools";
    private static final int UNPROCESSABLE = 422;

    /** Dropwizard gives a task no way to set the status, except by throwing: that is 500, with a stack trace in the log. */
    private static final ThreadLocal<HttpServletResponse> ANSWER = new ThreadLocal<>();

    private final Callable<Outcome> reload;

    /**
     * What came of it.
     *
     * @param taken false if the configuration is wrong
     * @param text the changes, or the mistakes
     */
    public record Outcome(boolean taken, String text) {}

    private ReloadToolsTask(Callable<Outcome> reload) {
        super(NAME, "text/plain;charset=utf-8");
        this.reload = reload;
    }

    /** Adds the task to the admin port. */
    public static void install(Environment environment, Callable<Outcome> reload) {
        environment.admin().addTask(new ReloadToolsTask(reload));
        Filter filter = (request, response, chain) -> {
            ANSWER.set((HttpServletResponse) response);
            try {
                chain.doFilter(request, response);
            } finally {
                ANSWER.remove();
            }
        };
        environment
                .admin()
                .addFilter(NAME, filter)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/tasks/" + NAME);
    }

    /** Answers 200 with the changes, or 422 with the mistakes. */
    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws Exception {
        Outcome outcome = reload.call();
        if (!outcome.taken()) {
            ANSWER.get().setStatus(UNPROCESSABLE);
        }
        output.println(outcome.text());
    }
}
