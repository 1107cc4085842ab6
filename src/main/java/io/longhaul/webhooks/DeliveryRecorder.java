package io.longhaul.webhooks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** Records the outcomes of attempts, and their consequences for the endpoints. */
final class DeliveryRecorder {
    /** Spreads retries, so that a receiver that comes back does not get them all at once. */
    private static final double JITTER = 0.2;

    /** A receiver that asks for a longer wait has most likely made a mistake. */
    private static final Duration LONGEST_ASKED = Duration.ofHours(24);

    /** How much later than it is due an attempt may begin and end. */
    private static final Duration LATE = Duration.ofHours(1);

    /** A look at the attempts of so many deliveries takes some milliseconds. */
    private static final int LOOKED_AT = 1000;

    private static final String GONE = "It answered 410: it wants no more deliveries.";

    /** An attempt that has ended. */
    record End(ClaimedDelivery delivery, DeliveryOutcome outcome) {}

    private record Verdict(End end, String status, Long delayMillis) {
        UUID webhook() {
            return end.delivery().webhookId();
        }

        boolean failed() {
            return !end.outcome().succeeded();
        }
    }

    /** An endpoint that was disabled. */
    private record Disabled(UUID webhook, String reason) {}

    private final Jdbi jdbi;
    private final List<Duration> waits;
    private final Duration disableAfter;
    private final DeliveryTelemetry telemetry;
    private final SetAside setAside;

    DeliveryRecorder(Jdbi jdbi, WebhooksConfiguration configuration, DeliveryTelemetry telemetry, SetAside setAside) {
        this.jdbi = jdbi;
        this.waits = configuration.schedule();
        this.disableAfter = configuration.disableAfter();
        this.telemetry = telemetry;
        this.setAside = setAside;
    }

    /**
     * Writes everything or throws; after an exception all must be written again. What was written counts once. An outcome that
     * the database refuses does not hold up the others: it is dropped, and its delivery set aside.
     */
    void write(List<End> ends) {
        try {
            writeTogether(ends);
        } catch (RuntimeException e) {
            if (ends.size() == 1) {
                setAside.add(ends.get(0).delivery().id(), e);
            } else {
                SetAside.requireRefusal(e);
                ends.forEach(one -> write(List.of(one)));
            }
        }
    }

    private void writeTogether(List<End> ends) {
        // The same order on all nodes, so that no two of them wait for each other.
        List<Verdict> verdicts = ends.stream()
                .sorted(Comparator.comparing(end -> end.delivery().id()))
                .map(this::verdict)
                .toList();
        List<Disabled> disabled = new ArrayList<>();
        List<Verdict> written = jdbi.inTransaction(handle -> {
            Set<UUID> ended = new HashSet<>(end(handle.attach(DeliveryClaims.class), verdicts));
            List<Verdict> now = verdicts.stream()
                    .filter(v -> ended.contains(v.end().delivery().id()))
                    .toList();
            disabled.addAll(endpoints(handle.attach(Webhooks.class), now));
            return now;
        });
        written.forEach(this::report);
        disabled.forEach(one -> telemetry.disabled(one.webhook(), one.reason()));
    }

    private Verdict verdict(End end) {
        if (end.outcome().succeeded()) {
            return new Verdict(end, "delivered", null);
        }
        Optional<Duration> wait = end.outcome().gone()
                ? Optional.empty()
                : waitAfter(end.delivery().failures(), end.outcome().retryAfter());
        return wait.map(w -> new Verdict(end, "pending", w.toMillis()))
                .orElseGet(() -> new Verdict(end, "failed", null));
    }

    /**
     * The wait after a failed attempt; empty after the last one.
     *
     * @param failures failed attempts before it
     * @param asked the wait that the receiver asks for, or null
     */
    private Optional<Duration> waitAfter(int failures, Duration asked) {
        if (failures >= waits.size()) {
            return Optional.empty();
        }
        double factor = 1 + ThreadLocalRandom.current().nextDouble() * JITTER;
        Duration wait = Duration.ofMillis((long) (waits.get(failures).toMillis() * factor));
        if (asked == null) {
            return Optional.of(wait);
        }
        Duration heard = asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        return Optional.of(heard.compareTo(wait) > 0 ? heard : wait);
    }

    private static List<UUID> end(DeliveryClaims deliveries, List<Verdict> verdicts) {
        return deliveries.end(
                of(verdicts, v -> v.end().delivery().id()).toArray(UUID[]::new),
                of(verdicts, v -> v.end().delivery().attempt()).toArray(Integer[]::new),
                of(verdicts, Verdict::status).toArray(String[]::new),
                of(verdicts, Verdict::delayMillis).toArray(Long[]::new),
                of(verdicts, v -> (int) v.end().outcome().took().toMillis()).toArray(Integer[]::new),
                of(verdicts, v -> v.end().outcome().status()).toArray(Integer[]::new),
                of(verdicts, v -> v.end().outcome().complaint()).toArray(String[]::new),
                of(verdicts, v -> v.end().outcome().answer()).toArray(String[]::new));
    }

    /** May contain null, unlike a list of the stream itself. */
    private static <T> List<T> of(List<Verdict> verdicts, Function<Verdict, T> part) {
        List<T> parts = new ArrayList<>();
        verdicts.forEach(v -> parts.add(part.apply(v)));
        return parts;
    }

    /** Tells the endpoints what came of their deliveries, in the same order on all nodes as well; successes come first. */
    private List<Disabled> endpoints(Webhooks webhooks, List<Verdict> verdicts) {
        Set<UUID> failing = failing(webhooks, verdicts);
        return verdicts.stream()
                .filter(verdict -> verdict.webhook() != null)
                .sorted(Comparator.comparing(Verdict::webhook).thenComparing(Verdict::failed))
                .flatMap(verdict -> endpoint(webhooks, verdict, failing).stream())
                .toList();
    }

    /** Those that work again. Most batches are successes of endpoints that did not fail: one look at all is enough. */
    private static Set<UUID> failing(Webhooks webhooks, List<Verdict> verdicts) {
        UUID[] worked = verdicts.stream()
                .filter(verdict -> verdict.webhook() != null && !verdict.failed())
                .map(Verdict::webhook)
                .distinct()
                .toArray(UUID[]::new);
        return new HashSet<>(worked.length == 0 ? List.of() : webhooks.failing(worked));
    }

    private Optional<Disabled> endpoint(Webhooks webhooks, Verdict verdict, Set<UUID> failing) {
        UUID webhook = verdict.webhook();
        DeliveryOutcome outcome = verdict.end().outcome();
        if (outcome.succeeded()) {
            if (failing.remove(webhook)) {
                webhooks.works(webhook);
            }
            return Optional.empty();
        }
        if (outcome.gone()) {
            return webhooks.disable(webhook, GONE) == 1 ? Optional.of(new Disabled(webhook, GONE)) : Optional.empty();
        }
        return webhooks.fails(webhook, disableAfter.toSeconds(), longestRest().toSeconds(), LOOKED_AT)
                .map(reason -> new Disabled(webhook, reason));
    }

    /** The longest time from one attempt at a delivery to the next. */
    private Duration longestRest() {
        long longest = Stream.concat(waits.stream(), Stream.of(LONGEST_ASKED))
                .mapToLong(Duration::toMillis)
                .max()
                .orElseThrow();
        return Duration.ofMillis((long) (longest * (1 + JITTER))).plus(LATE);
    }

    private void report(Verdict verdict) {
        DeliveryOutcome outcome = verdict.end().outcome();
        if (outcome.succeeded()) {
            telemetry.delivered(outcome.took());
        } else {
            telemetry.failed(verdict.end().delivery(), outcome, verdict.status().equals("failed"));
        }
    }
}
