package io.longhaul.webhooks;

import io.longhaul.loops.Loop;
import io.longhaul.readiness.Condition;
import io.longhaul.telemetry.Telemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Sends deliveries that are due. A trigger writes them in the transaction that ends a job (changelog file
 * 0007-webhooks.sql). Every node sends those that it has claimed: one thread claims and writes, and requests under way
 * hold no thread. If a node dies, its deliveries are due again when their claims expire, so one may be sent twice.
 */
public final class Deliverer {
    /** Deliveries under way from one node; each holds a socket and some kilobytes. */
    static final int MOST_AT_ONCE = 256;

    private static final int CLAIMED_AT_ONCE = 64;
    private static final Duration POLL = Duration.ofSeconds(1);

    /** So that a look at very many lanes takes a fraction of the time of one connection. */
    private static final Duration NEXT_HOSTS = Duration.ofMillis(100);

    private static final Duration LOOK = Duration.ofSeconds(10);

    /** For this long after a delivery, check for new ones whenever a job ends. */
    private static final Duration ACTIVE = Duration.ofMinutes(1);

    /** Time for deliveries under way when the node stops; other nodes send the rest again. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final int COUNTED = 10_000;

    /** Lanes of jobs' own addresses that a look at the backlog looks at, which takes a fraction of a second. */
    private static final int HOSTS_LOOKED_AT = 10_000;

    /**
     * Pending deliveries.
     *
     * @param pending also those that wait for another attempt; counted up to 10,000
     * @param overdueSeconds how long the oldest unsent delivery has been due; 0 or less if none is; of jobs' own addresses,
     *     those of 10,000 hosts count
     * @param disabled endpoints that are disabled because they failed or said that they are gone
     */
    public record Backlog(long pending, long overdueSeconds, long disabled) {
        static final Backlog NONE = new Backlog(0, 0, 0);
        private static final String NAME = "webhooks";

        /** A poll, a slow receiver and a busy node take seconds together. */
        private static final Duration LATE = Duration.ofMinutes(5);

        /** The backlog now. */
        public static Backlog of(Jdbi jdbi) {
            return jdbi.withExtension(DeliveryClaims.class, d -> d.backlog(COUNTED, HOSTS_LOOKED_AT));
        }

        /** Late deliveries do not make the node unready: jobs still run. */
        public Condition condition() {
            Map<String, Object> details = Map.of("pending", pending, "disabled", disabled);
            if (overdueSeconds >= LATE.toSeconds()) {
                return new Condition(
                        NAME,
                        true,
                        Condition.WEBHOOKS_LATE,
                        "%d deliveries wait; the oldest has been due for %d s and nobody has begun to send it."
                                .formatted(pending, overdueSeconds),
                        "Look for slow receivers in GET /v1/webhooks/{id}/deliveries, raise webhooks.concurrency, or add nodes.",
                        details);
            }
            if (disabled > 0) {
                return new Condition(
                        NAME,
                        true,
                        Condition.WEBHOOKS_DISABLED,
                        "Webhooks that failed for too long, or said that they are gone, are disabled: " + disabled
                                + ".",
                        "GET /v1/webhooks says which and why; POST /v1/webhooks/{id}/resume enables one, DELETE removes it.",
                        details);
            }
            return new Condition(NAME, true, null, pending + " deliveries wait.", null, details);
        }
    }

    private final Jdbi jdbi;
    private final BooleanSupplier mayWork;
    private final BooleanSupplier anyDeliveries;
    private final Messages messages;
    private final Sender sender;
    private final Slots slots;
    private final DueDeliveries due;
    private final DeliveryRecorder recorder;
    private final BlockingQueue<DeliveryRecorder.End> ended = new LinkedBlockingQueue<>();
    private final Loop loop;
    private volatile boolean active;
    private volatile Backlog backlog = Backlog.NONE;
    private long activeUntilNanos = System.nanoTime();
    private long lookNanos = System.nanoTime();

    /**
     * The parts of its node that a deliverer uses.
     *
     * @param mayWork false while the schema is not fit for work
     * @param anyDeliveries whether there were deliveries a moment ago; asked only while no endpoint seems to be in use
     * @param address public URL of this server
     * @param telemetry told of failed steps
     */
    public record Node(
            Jdbi jdbi,
            BooleanSupplier mayWork,
            BooleanSupplier anyDeliveries,
            Supplier<String> address,
            Telemetry telemetry,
            PrometheusRegistry metrics,
            String version) {}

    /** Creates a deliverer, which runs from {@link #start} on. */
    public Deliverer(Node node, WebhooksConfiguration configuration) {
        this(node, configuration, new Sender(configuration, node.version()));
    }

    Deliverer(Node node, WebhooksConfiguration configuration, Sender sender) {
        this.jdbi = node.jdbi();
        this.mayWork = node.mayWork();
        this.anyDeliveries = node.anyDeliveries();
        this.messages = new Messages(node.address(), configuration.largestPayload());
        this.sender = sender;
        this.slots = new Slots(configuration.concurrency());
        SetAside setAside = new SetAside(jdbi, node.telemetry());
        this.due = new DueDeliveries(jdbi, configuration, setAside);
        this.recorder = new DeliveryRecorder(jdbi, configuration, new DeliveryTelemetry(node.metrics()), setAside);
        this.loop = new Loop("webhooks", node.telemetry()::loopFailed, this::step);
    }

    public void start() {
        sender.start();
        loop.start();
    }

    /** Stops; deliveries under way get a few seconds, after which other nodes send them again. */
    public void stop() {
        loop.stop();
        try {
            long end = System.nanoTime() + DRAIN.toNanos();
            for (long left = DRAIN.toNanos(); slots.onTheirWay() > 0 && left > 0; left = end - System.nanoTime()) {
                DeliveryRecorder.End one = ended.poll(left, TimeUnit.NANOSECONDS);
                if (one != null) {
                    recorder.write(List.of(one));
                }
            }
            writeEnds();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sender.stop();
        }
    }

    /**
     * Checks for deliveries now, after jobs have ended or deliveries were made. Does nothing if no webhooks are in use.
     */
    public void wakeUp() {
        if (active) {
            loop.wakeUp();
        }
    }

    /** Checks for deliveries now, because one was just made by hand. */
    public void wakeUpAnyway() {
        active = true;
        loop.wakeUp();
    }

    /** The backlog as it was a few seconds ago. */
    public Backlog backlog() {
        return backlog;
    }

    /** Writes the outcomes of the last deliveries, and sends the next. */
    Duration step() {
        if (!mayWork.getAsBoolean()) {
            return POLL;
        }
        writeEnds();
        int limit = Math.min(CLAIMED_AT_ONCE, slots.free());
        int sent = limit == 0 || !(active || anyDeliveries.getAsBoolean()) ? 0 : send(limit);
        look(sent > 0);
        return sent > 0 && sent == limit ? Duration.ZERO : due.areMore() ? NEXT_HOSTS : POLL;
    }

    private void writeEnds() {
        List<DeliveryRecorder.End> now = new ArrayList<>();
        ended.drainTo(now);
        if (!now.isEmpty()) {
            try {
                recorder.write(now);
            } catch (RuntimeException e) {
                ended.addAll(now);
                throw e;
            }
        }
    }

    private int send(int limit) {
        List<ClaimedDelivery> claimed = due.claim(slots.freeOfBusy(), limit);
        claimed.forEach(this::send);
        return claimed.size();
    }

    private void send(ClaimedDelivery delivery) {
        slots.enter(delivery.lane());
        long begun = System.nanoTime();
        AtomicBoolean isDone = new AtomicBoolean();
        Consumer<DeliveryOutcome> done = outcome -> {
            if (!isDone.getAndSet(true)) {
                done(delivery, outcome);
            }
        };
        try {
            sender.send(delivery, messages.body(delivery), done);
        } catch (RuntimeException | Error e) {
            // A delivery that cannot be sent, also because memory runs out, must not hold up the others.
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            done.accept(new DeliveryOutcome(
                    null, null, null, "could not be sent (" + e.getClass().getSimpleName() + ")", took));
        }
    }

    private void done(ClaimedDelivery delivery, DeliveryOutcome outcome) {
        try {
            ended.add(new DeliveryRecorder.End(delivery, outcome));
        } finally {
            slots.leave(delivery.lane());
            loop.wakeUp();
        }
    }

    private void look(boolean sent) {
        long now = System.nanoTime();
        if (sent) {
            activeUntilNanos = now + ACTIVE.toNanos();
        }
        if (lookNanos - now <= 0 || (sent && !active)) {
            lookNanos = now + LOOK.toNanos();
            backlog = Backlog.of(jdbi);
            boolean any = jdbi.withExtension(Webhooks.class, Webhooks::any);
            active = any || activeUntilNanos - now > 0;
        }
    }

    /** Deliveries under way from this node, counted by lane. */
    private static final class Slots {
        private final int each;
        private final Map<String, Integer> busy = new ConcurrentHashMap<>();

        Slots(int each) {
            this.each = each;
        }

        void enter(String lane) {
            busy.merge(lane, 1, Integer::sum);
        }

        void leave(String lane) {
            busy.computeIfPresent(lane, (key, count) -> count == 1 ? null : count - 1);
        }

        int onTheirWay() {
            return busy.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** Deliveries that may be sent in addition now, in all lanes together. */
        int free() {
            return MOST_AT_ONCE - onTheirWay();
        }

        /** For each lane with deliveries under way, how many more it may take. */
        Map<String, Integer> freeOfBusy() {
            Map<String, Integer> free = new LinkedHashMap<>();
            busy.forEach((lane, count) -> free.put(lane, Math.max(0, each - count)));
            return free;
        }
    }
}
