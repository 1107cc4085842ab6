package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.util.List;
import java.util.UUID;

/** A request that waits for the end of a job: its progress and its log on the way, and then its answer. */
final class CallStream implements JobFollower, Wire.Ends {
    private final CallPlan plan;
    private final Jobs jobs;
    private final Runnable over;
    private final ProgressSteps steps = new ProgressSteps();
    private volatile Wire wire;
    private volatile boolean finishing;
    private long line;

    private CallStream(CallPlan plan, Jobs jobs, Runnable over) {
        this.plan = plan;
        this.jobs = jobs;
        this.over = over;
        this.line = plan.wants().log() ? 0 : NO_LINES;
    }

    /**
     * Begins to tell.
     *
     * @param over run when the stream has ended, in whatever way
     */
    static void open(Exchange exchange, CallPlan plan, Jobs jobs, Runnable over) {
        CallStream stream = new CallStream(plan, jobs, over);
        Wire wire = exchange.stream(x -> stream);
        stream.wire = wire;
        if (plan.manner().resumable()) {
            wire.offer(Sse.position(plan.eventId()));
        }
        jobs.watch().add(stream);
        if (wire.isClosed()) {
            jobs.watch().remove(stream);
        }
    }

    @Override
    public UUID job() {
        return plan.job();
    }

    @Override
    public boolean isReady() {
        return !finishing && wire.isIdle();
    }

    @Override
    public long after() {
        return line;
    }

    /** It is read whole when it has ended: this would leave out what is large. */
    @Override
    public boolean wantsJob(JobState state) {
        return false;
    }

    @Override
    public void tell(JobState state, Job whole, List<LogLine> lines, boolean more) {
        if (finishing) {
            return;
        }
        if (state == null) {
            end(Rpc.error(plan.wants().id(), Jobs.notFound(plan.job().toString())));
            return;
        }
        lines.forEach(this::tellLine);
        tellProgress(state);
        if (state.status().isFinal() && !more) {
            finishing = true;
            jobs.later(this::finish);
        }
    }

    private void tellLine(LogLine logged) {
        line = logged.lineNo();
        ObjectNode params = params().put("level", "info").put("logger", "tool").put("data", logged.line());
        wire.offer(Sse.event(Rpc.notification("notifications/message", params)));
    }

    private void tellProgress(JobState state) {
        if (plan.wants().progressToken() != null && state.progress() != null && steps.isNews(state.progress())) {
            ObjectNode params = params();
            params.set("progressToken", plan.wants().progressToken());
            steps.describe(state.progress(), params);
            wire.offer(Sse.event(Rpc.notification("notifications/progress", params)));
        }
    }

    private ObjectNode params() {
        ObjectNode params = Rpc.object();
        if (plan.manner().meta() != null) {
            params.set("_meta", plan.manner().meta().deepCopy());
        }
        return params;
    }

    /** What fails here is tried again by the next look. */
    private void finish() {
        try {
            end(answer(jobs.find(plan.job())
                    .orElseThrow(() -> Jobs.notFound(plan.job().toString()))));
        } catch (RpcError e) {
            end(Rpc.error(plan.wants().id(), e));
        } catch (RuntimeException e) {
            Wires.LOG.debug("The answer of job {} could not be read yet", plan.job(), e);
            finishing = false;
        }
    }

    private ObjectNode answer(Job job) {
        return Rpc.result(plan.wants().id(), plan.manner().finish().apply(job));
    }

    private void end(ObjectNode message) {
        finishing = true;
        wire.offer(Sse.event(message));
        wire.end();
    }

    @Override
    public void closed(Wire closed) {
        jobs.watch().remove(this);
        over.run();
    }

    /** By its client, and not by a node that stops: only that may mean that nobody wants the job any more. */
    @Override
    public void left() {
        if (plan.manner().leavingCancels() && !finishing) {
            jobs.later(this::cancel);
        }
    }

    private void cancel() {
        if (jobs.cancel(plan.job())) {
            Wires.LOG.info("Job {} is cancelled: its client has closed the stream", plan.job());
        }
    }

    @Override
    public void released(Wire open) {
        if (plan.manner().resumable()) {
            open.end();
            return;
        }
        RpcError stopping = new RpcError(
                        RpcError.INTERNAL_ERROR,
                        "This node is stopping. Job " + plan.job() + " goes on: its result will be at longhaul://jobs/"
                                + plan.job() + "/result.")
                .withData(Rpc.object().put("jobId", plan.job().toString()));
        open.offer(Sse.event(Rpc.error(plan.wants().id(), stopping)));
        open.end();
    }
}
