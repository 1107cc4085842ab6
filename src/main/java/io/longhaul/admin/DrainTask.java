package io.longhaul.admin;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Drains a node by {@code POST /tasks/drain} on the admin port: it claims no more jobs, finishes those that run, and
 * the process stays until it is stopped. {@code POST /tasks/drain?resume=true} undoes that.
 */
public final class DrainTask extends Task {
    private final Runnable drain;
    private final Runnable resume;
    private final IntSupplier running;

    /**
     * @param drain makes the node stop claiming
     * @param resume makes it claim again
     * @param running the number of jobs that run on it
     */
    public DrainTask(Runnable drain, Runnable resume, IntSupplier running) {
        super("drain", "text/plain;charset=utf-8");
        this.drain = drain;
        this.resume = resume;
        this.running = running;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) {
        if (parameters.getOrDefault("resume", List.of()).contains("true")) {
            resume.run();
            output.println("This node claims jobs again.");
        } else {
            drain.run();
            output.printf(
                    "This node claims no more jobs; %d still run. /health shows how many are left, and"
                            + " POST /tasks/drain?resume=true takes it back.%n",
                    running.getAsInt());
        }
    }
}
