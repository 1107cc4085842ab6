package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.events.JobStates;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.streams.EventStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A client with a stream of changes: of resources, of tasks, and of the list of tools. */
final class Subscriber implements EventStream.End {
    /** Most tasks whose status is told at a time: clients are not to rely on hearing of it. */
    private static final int MOST_STATUSES = 100;

    private final JobAccess jobs;
    private final JsonNode subscription;
    private final Map<String, JobSubscription> resources = new HashMap<>();
    private final Map<UUID, JobSubscription> tasks = new HashMap<>();
    private final Runnable over;
    private final Object turn = new Object();
    private volatile EventStream stream;
    private volatile boolean watchesToolList;

    /**
     * Makes a subscriber without subscriptions.
     *
     * @param subscription id of the request that opened the stream; null for a stream of a session
     * @param over run when the stream has ended
     */
    Subscriber(JobAccess jobs, JsonNode subscription, Runnable over) {
        this.jobs = jobs;
        this.subscription = subscription;
        this.over = over;
    }

    void on(EventStream opened) {
        stream = opened;
    }

    boolean isIdle() {
        return stream.isIdle();
    }

    void addToolList() {
        watchesToolList = true;
    }

    void toolsChanged() {
        if (watchesToolList) {
            tell(Methods.TOOLS_CHANGED, Rpc.object());
        }
    }

    /** Replaces its subscriptions to resources. */
    synchronized void setResources(Map<String, JobUri> wanted) {
        for (String uri : Set.copyOf(resources.keySet())) {
            if (!wanted.containsKey(uri)) {
                watch().remove(resources.remove(uri));
            }
        }
        wanted.forEach((uri, address) -> resources.computeIfAbsent(uri, key -> watched(key, address)));
        if (stream.isClosed()) {
            stopWatching();
        }
    }

    private JobSubscription watched(String uri, JobUri address) {
        boolean withLog = address.part() == JobUri.Part.LOG;
        JobSubscription news = new JobSubscription(address.job(), this, withLog, state -> state, changed -> {
            tell(Methods.RESOURCE_UPDATED, Rpc.object().put("uri", uri));
            changed.done(true);
        });
        watch().add(news);
        return news;
    }

    /** Subscribes to changes of a task. */
    synchronized void addTask(Job job, Function<Job, ObjectNode> task) {
        JobSubscription news = new JobSubscription(
                job.id(),
                this,
                false,
                state -> state,
                changed -> later(
                        changed,
                        () -> jobs.find(job.id())
                                .map(now -> tellInTurn(Methods.TASK_CHANGED, task.apply(now)))
                                .orElse(true)));
        tasks.put(job.id(), news);
        watch().add(news);
    }

    /** What could not be read or told is told by the next look. */
    private void later(JobSubscription changed, BooleanSupplier telling) {
        jobs.later(() -> {
            boolean told = false;
            try {
                told = telling.getAsBoolean();
            } finally {
                changed.done(told);
            }
        });
    }

    /** Tells the changes of the status of a task, from working to a final one. Progress is none, so little is read. */
    synchronized void addStatusOfTask(Job job, Function<Job, ObjectNode> task) {
        if (tasks.containsKey(job.id()) || tasks.size() >= MOST_STATUSES || stream.isClosed()) {
            return;
        }
        AtomicReference<String> known = new AtomicReference<>(LegacyEra.TASKS.status(job));
        JobSubscription news = new JobSubscription(
                job.id(),
                this,
                false,
                state -> List.of(state.status().isFinal(), state.inputs()),
                changed -> later(changed, () -> tellStatus(job.id(), known, task)));
        tasks.put(job.id(), news);
        watch().add(news);
    }

    private boolean tellStatus(UUID id, AtomicReference<String> known, Function<Job, ObjectNode> task) {
        Optional<Job> job = jobs.find(id);
        ObjectNode now = job.map(task).orElse(null);
        String status = now == null ? known.get() : now.path("status").asText();
        if (!status.equals(known.get()) && !tellInTurn(Methods.TASK_STATUS, now)) {
            return false;
        }
        known.set(status);
        if (job.isEmpty() || job.get().status().isFinal()) {
            forgetTask(id);
        }
        return true;
    }

    private synchronized void forgetTask(UUID id) {
        JobSubscription over = tasks.remove(id);
        if (over != null) {
            watch().remove(over);
        }
    }

    private JobStates watch() {
        return jobs.watch();
    }

    /** Sends what may be large, as a task with its result; false if the client has not read all that was sent before. */
    private boolean tellInTurn(String method, ObjectNode params) {
        synchronized (turn) {
            boolean idle = stream.isIdle();
            if (idle) {
                tell(method, params);
            }
            return idle;
        }
    }

    /** Sends a notification. */
    void tell(String method, ObjectNode params) {
        if (subscription != null) {
            Rpc.meta(params).set(Protocol.META_SUBSCRIPTION, subscription);
        }
        stream.offer(Exchange.event(Rpc.notification(method, params)));
    }

    void end() {
        stream.end();
    }

    @Override
    public void closed(EventStream closed) {
        jobs.later(this::stopWatching);
        over.run();
    }

    private synchronized void stopWatching() {
        resources.values().forEach(watch()::remove);
        tasks.values().forEach(watch()::remove);
        resources.clear();
        tasks.clear();
    }

    @Override
    public void revoked(EventStream open) {
        released(open);
    }

    /** Ends the stream; the request that opened it, if any, is answered first. */
    @Override
    public void released(EventStream open) {
        if (subscription != null) {
            ObjectNode result = Rpc.object().put("resultType", "complete");
            Rpc.meta(result).set(Protocol.META_SUBSCRIPTION, subscription);
            open.offer(Exchange.event(Rpc.result(subscription, result)));
        }
        open.end();
    }
}
