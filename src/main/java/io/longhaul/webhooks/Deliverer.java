package io.longhaul.webhooks;

import com.codahale.metrics.MetricRegistry;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Sends deliveries that are due. All nodes do, each those it has claimed: one thread claims and writes, and the requests
 * under way hold none. A delivery whose node dies is due again when its claim lapses, so it may be sent twice.
 */
public final class Deliverer {
    /** On their way from one node; each holds a socket and some kilobytes. */
    static final int MOST_AT_ONCE = 256;

    private static final int CLAIMED_AT_ONCE = 64;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** So long after a delivery it is worth looking as soon as a job has ended. */
    private static final Duration ACTIVE = Duration.ofMinutes(1);

    /** What is on its way when the node stops gets so long; the rest is sent again by others. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final int COUNTED = 10_000;

    /**
     * How much waits to be sent.
     *
     * @param pending deliveries that wait, also for their next attempt; counted up to 10,000
     * @param overdueSeconds for how long the oldest one has been due that nobody has begun to send; 0 or less if none is
     * @param disabled endpoints that are sent nothing because they failed or said that they are gone
     */
    public record Backlog(long pending, long overdueSeconds, long disabled) {
        static final Backlog NONE = new Backlog(0, 0, 0);
    }

    private final Jdbi jdbi;
    private final WebhooksConfiguration configuration;
    private final BooleanSupplier mayWork;
    private final BooleanSupplier anyDeliveries;
    private final Messages messages;
    private final Sender sender;
    private final Slots slots;
    private final DeliveryRecorder ends;
    private final BlockingQueue<DeliveryRecorder.End> ended = new LinkedBlockingQueue<>();
    private final Loop loop;
    private volatile boolean active;
    private volatile Backlog backlog = Backlog.NONE;
    private long activeUntilNanos = System.nanoTime();
    private long lookNanos = System.nanoTime();

    /**
     * What a deliverer needs of the node it is part of.
     *
     * @param jdbi the database
     * @param mayWork false while the schema is not fit for work
     * @param anyDeliveries whether anything was to be delivered a moment ago; asked while nobody seems to use webhooks
     * @param address where this server is reached from outside
     * @param telemetry told of steps that fail
     * @param metrics where figures go
     * @param version of this release
     */
    public record Node(
            Jdbi jdbi,
            BooleanSupplier mayWork,
            BooleanSupplier anyDeliveries,
            Supplier<String> address,
            Telemetry telemetry,
            MetricRegistry metrics,
            String version) {}

    /**
     * Wires it; it runs from {@link #start} on.
     *
     * @param node what it is part of
     * @param configuration where to and how
     */
    public Deliverer(Node node, WebhooksConfiguration configuration) {
        this(node, configuration, new Sender(configuration, node.version()));
    }

    Deliverer(Node node, WebhooksConfiguration configuration, Sender sender) {
        this.jdbi = node.jdbi();
        this.configuration = configuration;
        this.mayWork = node.mayWork();
        this.anyDeliveries = node.anyDeliveries();
        this.messages = new Messages(node.address(), configuration.largestPayload());
        this.sender = sender;
        this.slots = new Slots(configuration.concurrency());
        this.ends = new DeliveryRecorder(jdbi, configuration, new DeliveryTelemetry(node.metrics()));
        this.loop = new Loop("webhooks", node.telemetry()::loopFailed, this::step);
    }

    /** Begins to send. */
    public void start() {
        sender.start();
        loop.start();
    }

    /** Stops; what is on its way gets a few seconds, and is sent again by another node if it needs more. */
    public void stop() {
        loop.stop();
        try {
            long end = System.nanoTime() + DRAIN.toNanos();
            for (long left = DRAIN.toNanos(); slots.onTheirWay() > 0 && left > 0; left = end - System.nanoTime()) {
                DeliveryRecorder.End one = ended.poll(left, TimeUnit.NANOSECONDS);
                if (one != null) {
                    ends.write(List.of(one));
                }
            }
            writeEnds();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sender.stop();
        }
    }

    /** Jobs have ended, or deliveries were made. Where nobody uses webhooks this is nothing. */
    public void wakeUp() {
        if (active) {
            loop.wakeUp();
        }
    }

    /** Somebody has just made something to deliver. */
    public void wakeUpAnyway() {
        active = true;
        loop.wakeUp();
    }

    /**
     * How much waits to be sent, as it was a few seconds ago.
     *
     * @return the latest figures
     */
    public Backlog backlog() {
        return backlog;
    }

    /** Writes what came of the last ones, and sends the next. */
    Duration step() {
        if (!mayWork.getAsBoolean()) {
            return POLL;
        }
        writeEnds();
        int limit = Math.min(CLAIMED_AT_ONCE, slots.free());
        int sent = limit == 0 || !(active || anyDeliveries.getAsBoolean()) ? 0 : send(limit);
        look(sent > 0);
        return sent > 0 && sent == limit ? Duration.ZERO : POLL;
    }

    private void writeEnds() {
        List<DeliveryRecorder.End> now = new ArrayList<>();
        ended.drainTo(now);
        if (!now.isEmpty()) {
            try {
                ends.write(now);
            } catch (RuntimeException e) {
                ended.addAll(now);
                throw e;
            }
        }
    }

    private int send(int limit) {
        Map<String, Integer> busy = slots.freeOfBusy();
        List<ClaimedDelivery> due = jdbi.withExtension(
                Deliveries.class,
                d -> d.claim(
                        busy.keySet().toArray(String[]::new),
                        busy.values().toArray(Integer[]::new),
                        configuration.concurrency(),
                        limit,
                        configuration.lease().toMillis(),
                        configuration.largestPayload()));
        due.forEach(this::send);
        return due.size();
    }

    private void send(ClaimedDelivery delivery) {
        slots.enter(delivery.lane());
        long begun = System.nanoTime();
        try {
            sender.send(delivery, messages.body(delivery), attempted -> done(delivery, attempted));
        } catch (RuntimeException e) {
            // What one delivery holds must not keep the others back.
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            done(
                    delivery,
                    new DeliveryOutcome(
                            null,
                            null,
                            null,
                            "could not be sent (" + e.getClass().getSimpleName() + ")",
                            took));
        }
    }

    private void done(ClaimedDelivery delivery, DeliveryOutcome attempted) {
        ended.add(new DeliveryRecorder.End(delivery, attempted));
        slots.leave(delivery.lane());
        loop.wakeUp();
    }

    private void look(boolean sent) {
        long now = System.nanoTime();
        if (sent) {
            activeUntilNanos = now + ACTIVE.toNanos();
        }
        if (lookNanos - now <= 0 || (sent && !active)) {
            lookNanos = now + LOOK.toNanos();
            backlog = jdbi.withExtension(Deliveries.class, d -> d.backlog(COUNTED));
            boolean any = jdbi.withExtension(Webhooks.class, Webhooks::any);
            active = any || activeUntilNanos - now > 0;
        }
    }

    /** How many deliveries are on their way from this node, by lane. */
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

        /** How many more may be sent now, to all lanes together. */
        int free() {
            return MOST_AT_ONCE - onTheirWay();
        }

        /** How many more each lane may take that has some on their way. */
        Map<String, Integer> freeOfBusy() {
            Map<String, Integer> free = new LinkedHashMap<>();
            busy.forEach((lane, count) -> free.put(lane, Math.max(0, each - count)));
            return free;
        }
    }
}
