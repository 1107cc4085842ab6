package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Inputs;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.Progress;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.streams.EventStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** The stream of a request that waits for the end of a job: progress and log lines first, then the answer. */
final class CallStream implements JobFollower, EventStream.End {
    private final StreamedCall call;
    private final JobAccess jobs;
    private final Consumer<Boolean> over;
    private final ProgressSteps steps;
    private volatile EventStream stream;
    private volatile boolean finishing;
    private volatile boolean asking;
    private volatile boolean answered;
    private Inputs seen = Inputs.NONE;
    private Inputs asked = Inputs.NONE;
    private long line;

    private CallStream(StreamedCall call, JobAccess jobs, Consumer<Boolean> over) {
        this.call = call;
        this.jobs = jobs;
        this.over = over;
        this.steps = new ProgressSteps(call.told().progress());
        this.line = call.request().log() == LogLevel.Wanted.LINES ? call.told().line() : NO_LINES;
    }

    /**
     * Opens the stream.
     *
     * @param over takes, when the stream has ended for whatever reason, whether it ended with the answer
     */
    static void open(Exchange exchange, StreamedCall call, JobAccess jobs, Consumer<Boolean> over) {
        CallStream follower = new CallStream(call, jobs, over);
        follower.stream = exchange.open(follower);
        if (call.policy().resumable()) {
            follower.stream.offerBounded(position(follower.eventId()));
        }
        exchange.start(follower.stream);
        jobs.watch().add(follower);
        if (follower.stream.isClosed()) {
            jobs.watch().remove(follower);
        }
    }

    private String eventId() {
        StreamedCall.Told told = new StreamedCall.Told(line == NO_LINES ? 0 : line, steps.number());
        return new EventId(call.job(), call.request(), call.policy().meta() != null, told).text();
    }

    /** An event without a message: it tells the client its position, and how soon to come back when the connection breaks. */
    private static byte[] position(String id) {
        return ("retry: 1000\nid: " + id + "\ndata:\n\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public UUID job() {
        return call.job();
    }

    @Override
    public boolean isReady() {
        return !finishing && !asking && stream.isIdle();
    }

    @Override
    public long after() {
        return line;
    }

    /** The job is read when it has ended, because watched jobs come without large params and results. */
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
            end(Rpc.error(call.request().id(), JobAccess.notFound(call.job().toString())));
            return;
        }
        lines.forEach(this::tellLine);
        tellProgress(state);
        if (state.status().isFinal() && !more) {
            finishing = true;
            later(this::finish, () -> finishing = false);
        } else if (!state.status().isFinal()) {
            tellQuestions(state.inputs());
        }
    }

    /** Questions often come several at once: they are passed on when no more have come since the last look. */
    private void tellQuestions(Inputs inputs) {
        boolean settled = inputs.equals(seen);
        seen = inputs;
        boolean news = !inputs.equals(asked) || call.policy().asker().asksAgain();
        if (settled && inputs.anyOpen() && news) {
            asked = inputs;
            asking = true;
            later(this::ask, this::askAgain);
        }
    }

    /** Without a thread, the next look at the job tries it {@code again}. */
    private void later(Runnable work, Runnable again) {
        try {
            jobs.later(work);
        } catch (RuntimeException | Error e) {
            again.run();
            McpServer.LOG.debug("There is no thread for the call of job {} yet", call.job(), e);
        }
    }

    private void askAgain() {
        asked = Inputs.NONE;
        asking = false;
    }

    private void ask() {
        try {
            jobs.find(call.job()).filter(job -> job.inputs().anyOpen()).ifPresent(this::ask);
        } catch (RpcError e) {
            end(Rpc.error(call.request().id(), e));
        } catch (RuntimeException | Error e) {
            asked = Inputs.NONE;
            McpServer.LOG.debug("The questions of job {} could not be read yet", call.job(), e);
        } finally {
            asking = false;
        }
    }

    private void ask(Job job) {
        Asker.Asked news = call.policy().asker().ask(job);
        news.messages().forEach(this::send);
        if (news.result() != null) {
            end(Rpc.result(
                    call.request().id(), MistypedNames.warned(call.request().warnings(), news.result())));
        } else if (news.messages().isEmpty()) {
            tellHowToAnswer(TaskView.howToAnswer(job));
        }
    }

    /** The client cannot be asked: its user may answer elsewhere. */
    private void tellHowToAnswer(String how) {
        if (call.request().progressToken() != null) {
            ObjectNode params = params();
            params.set("progressToken", call.request().progressToken());
            steps.describe(new Progress(null, how, null), params);
            tell(Methods.PROGRESS, params);
        }
        if (call.request().log() != LogLevel.Wanted.NOTHING) {
            ObjectNode params =
                    params().put("level", "notice").put("logger", "job").put("data", how);
            tell(Methods.LOG_MESSAGE, params);
        }
    }

    private void tellLine(LogLine logged) {
        line = logged.lineNo();
        ObjectNode params = params().put("level", "info").put("logger", "tool").put("data", logged.line());
        tell(Methods.LOG_MESSAGE, params);
    }

    private void tellProgress(JobState state) {
        if (call.request().progressToken() != null && state.progress() != null && steps.isNews(state.progress())) {
            ObjectNode params = params();
            params.set("progressToken", call.request().progressToken());
            steps.describe(state.progress(), params);
            tell(Methods.PROGRESS, params);
        }
    }

    /** A client that comes back is not told the same again: the id of each event says how far it is. */
    private void tell(String method, ObjectNode params) {
        byte[] event = Exchange.event(Rpc.notification(method, params));
        stream.offerBounded(call.policy().resumable() ? EventStream.identified(eventId(), event) : event);
    }

    /** One look at the job brings what it brings: the next comes when all of that is written. */
    private void send(ObjectNode message) {
        stream.offerBounded(Exchange.event(message));
    }

    private ObjectNode params() {
        ObjectNode params = Rpc.object();
        if (call.policy().meta() != null) {
            params.set("_meta", call.policy().meta().deepCopy());
        }
        return params;
    }

    /** A failure is tried again at the next look at the job. */
    private void finish() {
        try {
            end(answer(jobs.find(call.job())
                    .orElseThrow(() -> JobAccess.notFound(call.job().toString()))));
        } catch (RpcError e) {
            end(Rpc.error(call.request().id(), e));
        } catch (RuntimeException | Error e) {
            finishing = false;
            McpServer.LOG.debug("The answer of job {} could not be read yet", call.job(), e);
        }
    }

    private ObjectNode answer(Job job) {
        ObjectNode result = call.policy().finish().apply(job);
        return Rpc.result(
                call.request().id(), MistypedNames.warned(call.request().warnings(), result));
    }

    private void end(ObjectNode message) {
        finishing = true;
        answered = true;
        send(message);
        stream.end();
    }

    @Override
    public void closed(EventStream closed) {
        jobs.watch().remove(this);
        over.accept(answered);
    }

    /** In the modern era a client that closes its stream cancels the call. A stopping node does not get here, so it cancels nothing. */
    @Override
    public void abandoned() {
        if (call.policy().leavingCancels() && !finishing) {
            jobs.abandoned().add(call.job());
        }
    }

    /** The job goes on: its owner may have another key. */
    @Override
    public void revoked(EventStream open) {
        if (finishing) {
            return;
        }
        if (call.policy().resumable()) {
            finishing = true;
            open.end();
        } else {
            end(Rpc.error(call.request().id(), ErrorTranslator.revoked(call.job())));
        }
    }

    @Override
    public void released(EventStream open) {
        if (call.policy().resumable()) {
            open.end();
            return;
        }
        RpcError stopping = new RpcError(
                        RpcError.INTERNAL_ERROR, "This node is stopping. " + ErrorTranslator.goesOn(call.job()))
                .withData(Rpc.object()
                        .put("error_code", "SHUTTING_DOWN")
                        .put(ErrorTranslator.JOB, call.job().toString()));
        send(Rpc.error(call.request().id(), stopping));
        open.end();
    }
}
