package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.loops.PollingLoop;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.SessionStatements.Subscription;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.streams.EventStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The clients of this node with streams of changes. */
final class Subscribers {
    /** Most subscriptions of a stream; as for a session. */
    private static final int MOST = 100;

    private static final int BAD_REQUEST = 400;

    /** Upper bound on the delay of a change of the tools. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Subscriptions of sessions are read at every fourth look, or at once after a change on this node. */
    private static final int LOOKS_A_SECOND = 4;

    private final JobAccess jobs;
    private final Resources resources;
    private final ToolCatalog tools;
    private final Sessions sessions;
    private final Set<Subscriber> all = ConcurrentHashMap.newKeySet();
    private final Map<UUID, OfSession> ofSessions = new ConcurrentHashMap<>();
    private final PollingLoop lookout = new PollingLoop("mcp-subscribers", this::look, Duration.ofMillis(50), LOOK);
    private Object known;
    private int looks;
    private volatile boolean told;

    private record OfSession(Subscriber subscriber) {}

    Subscribers(JobAccess jobs, Resources resources, ToolCatalog tools, Sessions sessions) {
        this.jobs = jobs;
        this.resources = resources;
        this.tools = tools;
        this.sessions = sessions;
    }

    void start() {
        lookout.start();
    }

    void stop() {
        lookout.stop();
    }

    /** Reads the subscriptions of sessions at once, because one has changed. */
    void lookSoon() {
        told = true;
        lookout.lookSoon();
    }

    /** Opens the stream of a session. An earlier one on this node ends. */
    void open(Exchange exchange, Session session) {
        Subscriber[] self = new Subscriber[1];
        Subscriber subscriber = new Subscriber(jobs, null, () -> forget(session.id(), self[0]));
        self[0] = subscriber;
        EventStream stream = exchange.open(subscriber);
        subscriber.on(stream);
        subscriber.addToolList();
        all.add(subscriber);
        OfSession earlier = ofSessions.put(session.id(), new OfSession(subscriber));
        if (earlier != null) {
            earlier.subscriber().end();
        }
        exchange.start(stream);
        lookSoon();
    }

    /**
     * Tells a session when the status of a task of its own changes, if its stream is at this node. Clients are not to rely on
     * it, so nothing is kept for other nodes.
     */
    void addStatusOfTask(Session session, Job job, Function<Job, ObjectNode> task) {
        OfSession open = ofSessions.get(session.id());
        if (open != null) {
            open.subscriber().addStatusOfTask(job, task);
        }
    }

    private void forget(UUID session, Subscriber subscriber) {
        all.remove(subscriber);
        ofSessions.computeIfPresent(session, (id, now) -> now.subscriber().equals(subscriber) ? null : now);
    }

    /** The subscriptions that a modern request asks for, without those that do not exist. */
    private record Asked(boolean tools, Map<String, JobUri> resources, List<Job> tasks) {}

    /** Opens the stream of a modern request. Its first event lists the accepted subscriptions. */
    void listen(Exchange exchange, Function<Job, ObjectNode> task, boolean hasTasks) {
        exchange.caller().require(Role.READ);
        JsonNode wanted = exchange.message().params().path("notifications");
        if (!wanted.isObject()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: notifications must be an object.");
        }
        if (wanted.has("taskIds") && !hasTasks) {
            ObjectNode data = Rpc.object();
            data.putObject("requiredCapabilities").putObject("extensions").putObject(Protocol.TASKS);
            throw new RpcError(
                            RpcError.MISSING_CAPABILITY, "Missing required client capability: " + Protocol.TASKS + ".")
                    .withData(data)
                    .withStatus(BAD_REQUEST);
        }
        Asked asked = asked(wanted, exchange.caller());
        Subscriber[] self = new Subscriber[1];
        Subscriber subscriber = new Subscriber(jobs, exchange.id(), () -> all.remove(self[0]));
        self[0] = subscriber;
        EventStream stream = exchange.open(subscriber);
        subscriber.on(stream);
        subscriber.tell(Methods.LISTENING, acknowledged(asked));
        if (asked.tools()) {
            subscriber.addToolList();
        }
        all.add(subscriber);
        exchange.start(stream);
        subscriber.setResources(asked.resources());
        asked.tasks().forEach(job -> subscriber.addTask(job, task));
    }

    private Asked asked(JsonNode wanted, Caller caller) {
        Map<String, JobUri> uris = new LinkedHashMap<>();
        texts(wanted, "resourceSubscriptions")
                .forEach(uri -> resources
                        .watched(StorableText.of("uri", uri), caller)
                        .ifPresent(address -> uris.put(uri, address)));
        List<Job> tasks = new ArrayList<>();
        texts(wanted, "taskIds")
                .forEach(id -> JobAccess.parse(id)
                        .flatMap(jobs::find)
                        .filter(caller::sees)
                        .ifPresent(tasks::add));
        return new Asked(flag(wanted, "toolsListChanged"), uris, tasks);
    }

    private static boolean flag(JsonNode wanted, String name) {
        JsonNode flag = wanted.path(name);
        if (!flag.isMissingNode() && !flag.isBoolean()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: " + name + " must be true or false.");
        }
        return flag.asBoolean();
    }

    private static Set<String> texts(JsonNode wanted, String name) {
        JsonNode list = wanted.path(name);
        boolean isRight = list.isMissingNode() || list.isArray();
        for (JsonNode one : list) {
            isRight &= one.isTextual();
        }
        if (!isRight) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: " + name + " must be a list of strings.");
        }
        if (list.size() > MOST) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: listen for " + MOST + " things at the most.");
        }
        Set<String> texts = new HashSet<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    private static ObjectNode acknowledged(Asked asked) {
        ObjectNode params = Rpc.object();
        ObjectNode agreed = params.putObject("notifications");
        if (asked.tools()) {
            agreed.put("toolsListChanged", true);
        }
        asked.resources().keySet().forEach(agreed.withArrayProperty("resourceSubscriptions")::add);
        asked.tasks()
                .forEach(job -> agreed.withArrayProperty("taskIds").add(job.id().toString()));
        if (asked.resources().isEmpty()) {
            agreed.remove("resourceSubscriptions");
        }
        return params;
    }

    private void look() {
        Object now = tools.state();
        if (known != null && known != now) {
            all.forEach(Subscriber::toolsChanged);
        }
        known = now;
        looks++;
        if (!ofSessions.isEmpty() && (told || looks % LOOKS_A_SECOND == 0)) {
            told = false;
            refresh(Map.copyOf(ofSessions));
        }
    }

    private void refresh(Map<UUID, OfSession> now) {
        Map<UUID, Map<String, JobUri>> wanted = new LinkedHashMap<>();
        for (Subscription subscription : sessions.subscriptions(now.keySet().toArray(UUID[]::new))) {
            Map<String, JobUri> uris = wanted.computeIfAbsent(subscription.id(), id -> new LinkedHashMap<>());
            if (subscription.uri() != null) {
                JobUri.parse(subscription.uri()).ifPresent(address -> uris.put(subscription.uri(), address));
            }
        }
        now.forEach((session, one) -> {
            Map<String, JobUri> uris = wanted.get(session);
            if (uris == null) {
                // The session has ended, maybe at another node.
                one.subscriber().end();
            } else {
                one.subscriber().setResources(uris);
            }
        });
    }
}
